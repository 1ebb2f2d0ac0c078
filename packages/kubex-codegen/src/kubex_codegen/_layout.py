"""Lines of Python as ruff (and black) would format them, 120 columns wide."""

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH = 120
INDENT = "    "


@dataclass(frozen=True)
class Brackets:
    """Something in brackets after a head: arguments, which may share a line, or a collection, which breaks whole."""

    head: str
    items: Sequence["str | Brackets"]
    pair: str = "()"

    @property
    def flat(self) -> str:
        """The expression on one line."""
        return f"{self.head}{self.pair[0]}{', '.join(map(_flat, self.items))}{self.pair[1]}"


def _flat(item: "str | Brackets") -> str:
    return item if isinstance(item, str) else item.flat


def lay_out(item: str | Brackets, indent: str, tail: str = "") -> list[str]:
    """Break an expression into lines; `tail` is what follows its last bracket."""
    flat = f"{indent}{_flat(item)}{tail}"
    if isinstance(item, str) or len(flat) <= WIDTH or not item.items:
        return [flat]
    inner = indent + INDENT
    shared = f"{inner}{', '.join(map(_flat, item.items))}"
    lines = [f"{indent}{item.head}{item.pair[0]}"]
    if item.pair == "()" and len(shared) <= WIDTH:
        lines.append(shared)
    else:
        for part in item.items:
            lines += lay_out(part, inner, ",")
    return [*lines, f"{indent}{item.pair[1]}{tail}"]


def from_import(module: str, names: Iterable[str], indent: str = "") -> list[str]:
    """Write an import, its names in the order of isort; one that is too long gets a line for each name."""
    names = sorted(names, key=_import_order)
    flat = f"{indent}from {module} import {', '.join(names)}"
    if len(flat) <= WIDTH:
        return [flat]
    return [f"{indent}from {module} import (", *(f"{indent}{INDENT}{name}," for name in names), f"{indent})"]


def _import_order(name: str) -> tuple[object, ...]:
    rank = 0 if name.isupper() else 1 if name[:1].isupper() else 2
    natural = [int(part) if part.isdigit() else part for part in re.split(r"([0-9]+)", name.lower())]
    return rank, natural, name


def docstring(text: str, indent: str) -> list[str]:
    """Write a docstring, its paragraphs wrapped."""
    text = text.replace("\\", "\\\\").replace('"""', "'''").strip()
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    lines = _wrapped(paragraphs, WIDTH - len(indent) - 3)
    if len(lines) == 1:
        # A single line has the closing quotes beside it.
        lines = _wrapped(paragraphs, WIDTH - len(indent) - 6)
    if not lines:
        return []
    space = " " if lines[-1].endswith(('"', "\\")) else ""
    if len(lines) == 1:
        return [f'{indent}"""{lines[0]}{space}"""']
    return [f'{indent}"""{lines[0]}', *(f"{indent}{line}".rstrip() for line in lines[1:]), f'{indent}"""']


def _wrapped(paragraphs: Sequence[str], width: int) -> list[str]:
    lines = [
        line
        for paragraph in filter(None, paragraphs)
        for line in ["", *textwrap.wrap(paragraph, width, break_long_words=False, break_on_hyphens=False)]
    ]
    return lines[1:]
