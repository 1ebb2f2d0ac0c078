"""Finds the `Example:` sections in the docstrings of the public API."""

import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from docs.blocks import Block

SECTION = re.compile(r"^Example:\n(?P<code>(?:(?: {4}.*)?\n)+)", re.MULTILINE)
# A line without an indent, an empty line, and indented code. Lists start with `*`.
OTHER_CODE = re.compile(r"^[^ *\n][^\n]*(?<!::)\n\n {4}(?P<code>.+)", re.MULTILINE)


def public_objects(module: ModuleType) -> Iterator[tuple[str, object]]:
    """Yield a module, its public names, and the public methods of its classes, with their objects."""
    yield module.__name__, module
    for name in module.__all__:
        value = getattr(module, name)
        yield f"{module.__name__}.{name}", value
        if inspect.isclass(value) and value.__module__.startswith(
            ("kubex.", "kubex_ops.", "kubex_runtime.", "kubex_testing.")
        ):
            for member, function in inspect.getmembers(value, inspect.isfunction):
                if not member.startswith("_"):
                    yield f"{module.__name__}.{name}.{member}", function


def docstring(value: object) -> str | None:
    """Return the docstring of a module, a class or a function. Other public names do not have a separate one."""
    has_docstring = inspect.ismodule(value) or inspect.isclass(value) or inspect.isfunction(value)
    return inspect.getdoc(value) if has_docstring else None


def code_without_heading(value: object) -> str | None:
    """Return the first line of code below a paragraph of a docstring, which would not be executed."""
    found = OTHER_CODE.search(docstring(value) or "")
    return None if found is None else found["code"]


def example(value: object) -> Block | None:
    """Return the code in the `Example:` section of a docstring, or None without such a section."""
    section = SECTION.search(f"{docstring(value)}\n")
    if section is None:
        return None
    path = Path(inspect.getsourcefile(value) or "")  # type: ignore[arg-type]  # see docstring()
    lines, start = inspect.getsourcelines(value)  # type: ignore[arg-type]  # the same
    line = max(start, 1) + next(number for number, text in enumerate(lines) if text.strip() == "Example:") + 1
    return Block(path, line, "python", textwrap.dedent(section["code"]))


def examples(*modules: ModuleType) -> dict[str, Block]:
    """Return the examples of several modules, each once, by the public name of the object that they belong to."""
    found: dict[tuple[Path, int], tuple[str, Block]] = {}
    for module in modules:
        for name, value in public_objects(module):
            block = example(value)
            if block is not None:
                found.setdefault((block.path, block.line), (name, block))
    return dict(found.values())
