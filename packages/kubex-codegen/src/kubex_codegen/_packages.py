"""Generate the public packages, one for each group and version. They import their classes on first access."""

import re
from collections.abc import Iterable, Mapping

from kubex_codegen._format import docstring
from kubex_codegen._module_layout import Module
from kubex_codegen._resources import Resource

INDEX = "_kinds.py"
"""The module with the classes of all kinds, for `kubex.discovery.Kinds`."""

_INDEX_ROW = re.compile(r'^    "[^"\n]+": "[^"\n]+",\n', re.MULTILINE)


def package_modules(made: Iterable[Module]) -> dict[str, list[str]]:
    """Return `py.typed` and the `__init__.py` files, as a mapping of paths to lines."""
    packages: dict[tuple[str, str], dict[str, list[str]]] = {}
    for module in made:
        names = packages.setdefault(module.package, {})
        names[module.name] = sorted(struct.name for struct in module.structs)
    files = {"py.typed": [], "__init__.py": docstring("Typed models of Kubernetes kinds.", "")}
    for (group, version), names in sorted(packages.items()):
        files[f"{group}/__init__.py"] = docstring(f"Models of the group {group}.", "")
        files[f"{group}/{version}/__init__.py"] = _exports(f"Models of {group}/{version}.", names)
    return files


def _exports(title: str, names: dict[str, list[str]]) -> list[str]:
    exports = sorted((name, module) for module, classes in names.items() for name in classes)
    lines = [*docstring(title, ""), "from typing import TYPE_CHECKING", "if TYPE_CHECKING:"]
    lines += [f"    from .{module} import {', '.join(classes)}" for module, classes in sorted(names.items())]
    lines += ["else:", "    from kubex.lazy_import import lazy_attributes"]
    lines += ["    __getattr__, __dir__ = lazy_attributes(__name__, {"]
    lines += [f'        "{name}": "{module}",' for name, module in exports]
    lines += ["    })", "", "__all__ = ["]
    return [*lines, *(f'    "{name}",' for name, _ in exports), "]"]


def kinds_index(made: Iterable[Module], resources: Mapping[str, Resource | None]) -> list[str]:
    """Return the index of the kinds.

    It does not contain kinds that can only be created, because `Api` does not support their classes.
    """
    entries: dict[str, str] = {}
    for module in made:
        for struct in module.structs:
            resource = resources.get(struct.schema)
            if resource is not None and resource.stored:
                api_version = f"{resource.group}/{resource.version}" if resource.group else resource.version
                entries[f"{api_version}/{resource.kind}"] = f"{'.'.join(module.package)}:{struct.name}"
    lines = docstring("The classes of kinds, for `kubex.discovery.Kinds`.", "")
    lines += ["", "KINDS = {"]
    return [*lines, *(f'    "{key}": "{entries[key]}",' for key in sorted(entries)), "}"]


def join_indexes(earlier: str, text: str) -> str:
    """Add the rows of an earlier index that a new index does not have."""
    rows = {row.partition(": ")[0]: row for source in (earlier, text) for row in _INDEX_ROW.findall(source)}
    head, tail = text.partition("{\n")[:2], "}\n"
    return "".join([*head, *(rows[key] for key in sorted(rows)), tail])
