"""The public packages: one for each group and version, whose names are imported when they are asked for."""

from collections.abc import Iterable

from kubex_codegen._families import Module
from kubex_codegen._layout import docstring, from_import, too_long

HEADER = "# Made by kubex-codegen. Changes are lost when it runs again."


def package_files(made: Iterable[Module]) -> dict[str, str]:
    """Return `py.typed` and each `__init__.py`."""
    packages: dict[tuple[str, str], dict[str, list[str]]] = {}
    for module in made:
        names = packages.setdefault(module.package, {})
        names[module.name] = sorted(struct.name for struct in module.structs)
    files = {"py.typed": "", "__init__.py": text_of(docstring("Typed models of Kubernetes kinds.", ""))}
    for (group, version), names in sorted(packages.items()):
        files[f"{group}/__init__.py"] = text_of(docstring(f"Models of the group {group}.", ""))
        files[f"{group}/{version}/__init__.py"] = text_of(_exports(f"Models of {group}/{version}.", names))
    return files


def text_of(lines: Iterable[str]) -> str:
    """Return the text of a file; names that are too long for a line are no news to whoever generated them."""
    lines = list(lines)
    remark = ["# ruff: noqa: E501"] if any(map(too_long, lines)) else []
    return "\n".join([HEADER, *remark, *lines]) + "\n"


def _exports(title: str, names: dict[str, list[str]]) -> list[str]:
    every = sorted((name, module) for module, found in names.items() for name in found)
    lines = [*docstring(title, ""), "", "from typing import TYPE_CHECKING", "", "if TYPE_CHECKING:"]
    for module, found in sorted(names.items()):
        lines += from_import(f".{module}", found, "    ")
    lines += ["else:", "    from kubex.models import lazy_names", "", "    __getattr__, __dir__ = lazy_names("]
    lines += ["        __name__,", "        {"]
    lines += [f'            "{name}": "{module}",' for name, module in every]
    lines += ["        },", "    )", "", "__all__ = ["]
    return [*lines, *(f'    "{name}",' for name, _ in every), "]"]
