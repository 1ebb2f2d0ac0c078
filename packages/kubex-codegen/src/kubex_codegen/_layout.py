"""Lines of Python as ruff (and black) would format them, 120 columns wide."""

import dataclasses
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from unicodedata import east_asian_width

WIDTH = 120
INDENT = "    "


@dataclass(frozen=True)
class Brackets:
    """Something in brackets after a head: arguments, which may share a line, or a collection, which breaks whole."""

    head: str
    items: Sequence["Part"]
    pair: str = "()"

    @property
    def flat(self) -> str:
        """The expression on one line."""
        return f"{self.head}{self.pair[0]}{', '.join(map(flat, self.items))}{self.pair[1]}"


@dataclass(frozen=True)
class Alternatives:
    """Types with a bar between them."""

    members: Sequence["str | Brackets"]

    @property
    def flat(self) -> str:
        """The expression on one line."""
        return " | ".join(map(flat, self.members))


Part: TypeAlias = str | Brackets | Alternatives


def flat(item: Part) -> str:
    """Write an expression on one line."""
    return item if isinstance(item, str) else item.flat


def _barred(item: str | Brackets) -> str | Brackets:
    return f"| {item}" if isinstance(item, str) else dataclasses.replace(item, head=f"| {item.head}")


def lay_out(item: Part, indent: str, tail: str = "") -> list[str]:
    """Break an expression into lines; `tail` is what follows its last bracket."""
    line = f"{indent}{flat(item)}{tail}"
    if isinstance(item, str) or len(line) <= WIDTH:
        return [line]
    if isinstance(item, Alternatives):
        first, *others = item.members
        *members, last = (first, *map(_barred, others))
        return [*(line for one in members for line in lay_out(one, indent)), *lay_out(last, indent, tail)]
    if not item.items:
        return [line]
    inner = indent + INDENT
    shared = f"{inner}{', '.join(map(flat, item.items))}"
    lines = [f"{indent}{item.head}{item.pair[0]}"]
    if item.pair != "{}" and len(shared) <= WIDTH:
        lines.append(shared)
    else:
        # The one argument of a type must not become a tuple.
        comma = "" if item.pair == "[]" and len(item.items) == 1 else ","
        for part in item.items:
            lines += lay_out(part, inner, comma)
    return [*lines, f"{indent}{item.pair[1]}{tail}"]


def lay_out_field(name: str, annotation: Part, default: str, indent: str) -> list[str]:
    """Write an annotated name, with a default unless that is empty."""
    line = f"{indent}{name}: {flat(annotation)}"
    tail = f" = {default}" if default else ""
    if len(line + tail) <= WIDTH or flat(annotation).startswith('"'):
        return [line + tail]
    if default and len(f"{line} = (") <= WIDTH:
        return [f"{line} = (", f"{indent}{INDENT}{default}", f"{indent})"]
    if isinstance(annotation, Brackets):
        return lay_out(dataclasses.replace(annotation, head=f"{name}: {annotation.head}"), indent, tail)
    inner = lay_out(annotation, indent + INDENT)
    if isinstance(annotation, str) and len(inner[0]) > WIDTH:
        return [line + tail]  # parentheses would be of no use
    return [f"{indent}{name}: (", *inner, f"{indent}){tail}"]


def literal(text: str) -> str:
    """Write a string, in the quotes that need fewer escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    body = "".join(
        f"\\{each}"
        if each in (quote, "\\")
        else each
        if each.isprintable()
        else each.encode("unicode_escape", "surrogatepass").decode()
        for each in text
    )
    return f"{quote}{body}{quote}"


def too_long(line: str) -> bool:
    """Tell whether a linter would find a line too long: one that is a single word, such as an address, is not."""
    wide = sum(east_asian_width(each) in "WF" for each in line)
    return len(line) + wide > WIDTH and " " in line.strip()


def from_import(module: str, names: Iterable[str], indent: str = "") -> list[str]:
    """Write an import, its names in the order of isort; one that is too long gets a line for each name.

    What gets another name has an import of its own.
    """
    names = sorted(names, key=_import_order)
    plain = [name for name in names if " as " not in name]
    groups = [[name] for name in names if " as " in name] + ([plain] if plain else [])
    start = f"{indent}from {module} import"
    lines: list[str] = []
    for group in sorted(groups, key=lambda group: _import_order(group[0])):
        line = f"{start} {', '.join(group)}"
        if len(line) <= WIDTH:
            lines.append(line)
        else:
            lines += [f"{start} (", *(f"{indent}{INDENT}{name}," for name in group), f"{indent})"]
    return lines


def _import_order(name: str) -> tuple[object, ...]:
    rank = 0 if name.isupper() else 1 if name[:1].isupper() else 2
    natural = [int(part) if part.isdigit() else part for part in re.split(r"([0-9]+)", name.lower())]
    return rank, natural, name


def docstring(text: str, indent: str) -> list[str]:
    """Write a docstring, its paragraphs wrapped."""
    # What does not show, such as characters that turn the direction of text, has no place in code.
    text = "".join(each for each in text if each.isprintable() or each.isspace())
    text = text.replace("\\", "\\\\").replace('"""', "'''").strip()
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    lines = _wrapped(paragraphs, WIDTH - len(indent) - 3)
    if len(lines) == 1:
        # A single line has the closing quotes beside it.
        lines = _wrapped(paragraphs, WIDTH - len(indent) - 6)
    if not lines:
        return []
    space = " " if lines[-1].endswith('"') else ""
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
