"""Write JSON values as YAML in unusual spellings that kubectl accepts."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import yaml

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9./-]*")
RESERVED = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"}
COMMENTS = ("# a comment", "#", "# kind: Wrong", "#--- no separator", "")
SEPARATORS = ("---", "---", "---", "--- ", "--- # a comment", "---\n---", "---\n# only a comment\n---", "---\n\n---")
ENDS = ("", "", "\n", "\n...\n", "\n---\n", "\n# the end")

_WORDS = (
    "y n Yes NO on Off True FALSE ~ null Null NULL nul = v1.2.3 a:b a#b é "
    "0 -0 +1 007 08 0o8 0o17 0x1F 0b101 1_000 1__0 12e03 1e3 1.0 .5 5. 1.5e-7 1e21 123456789012 -9223372036854775808 "
    "12:30:45 2026-01-02 2026-01-02T03:04:05Z 1.2.3"
)
_QUOTED = (
    "'single ''quoted'''",
    '"tab\\t \\u00e9 \\x41 \\\n   folded"',
    "'1'",
    '""',
    "''",
    "plain\n      over two lines",
)
_TAGGED = ("!!str 5", '!!int "7"', '!!float "1.5"', '!!bool "true"', "!!null ''")
SCALARS = (*_WORDS.split(), *_QUOTED, *_TAGGED)
"""Texts of scalars, which both programs must decode in the same way."""


@dataclass(frozen=True)
class Raw:
    """A scalar with its exact text in the file."""

    text: str


def spell_documents(documents: list[Any], random: Random) -> str:
    """Return the text of a file with these documents."""
    texts = [spell(document, random) for document in documents]
    parts = [random.choice(("", "", "---\n", "# first\n---\n", "\n")), texts[0]]
    for text in texts[1:]:
        parts += [f"\n{random.choice(SEPARATORS)}\n", text]
    result = "".join(parts).rstrip("\n") + random.choice(ENDS) + "\n"
    return result.replace("\n", "\r\n") if random.random() < 0.1 else result


def spell(document: Any, random: Random) -> str:
    """Return the text of one document: YAML in a random style, or JSON."""
    style = random.random()
    if style < 0.75 or contains_raw(document):
        return "\n".join(_Writer(random).block(document, 0))
    if style < 0.85:
        return json.dumps(document, indent=random.choice((None, 2)), ensure_ascii=random.random() < 0.3)
    return yaml.dump(
        document,
        Dumper=_Dumper,
        sort_keys=False,
        default_flow_style=random.choice((None, False, True)),
        width=random.choice((20, 80, 1000)),
        allow_unicode=random.random() < 0.5,
        default_style=random.choice((None, None, None, "'", '"')) if _only_strings(document) else None,
    ).rstrip("\n")


class _Dumper(yaml.SafeDumper):
    """Quote `y` and `n`, which are strings for PyYAML."""


_Dumper.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("[yYnN]$"), list("yYnN"))


def contains_raw(value: Any) -> bool:
    """Return whether a value has a scalar with a fixed text."""
    return any(isinstance(item, Raw) for item in _leaves(value))


def _only_strings(value: Any) -> bool:
    return all(isinstance(item, str) for item in _leaves(value))


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


class _Writer:
    """Writes one document, with random choices of styles."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._anchors: dict[str, str] = {}

    def block(self, value: Any, indent: int) -> list[str]:
        """Return the lines of a mapping or list in block style."""
        space = " " * indent
        lines: list[str] = []
        if isinstance(value, dict):
            for key, item in value.items():
                lines += self._comment()
                lines += self._entry(f"{space}{self._key(key)}:", item, indent)
        else:
            for item in value:
                lines += self._entry(f"{space}-", item, indent, in_list=True)
        return lines

    def _entry(self, start: str, value: Any, indent: int, *, in_list: bool = False) -> list[str]:
        if isinstance(value, (dict, list)) and value and self._random.random() > 0.12:
            return self._nested(start, value, indent, in_list=in_list)
        if isinstance(value, (dict, list)):
            return [f"{start} {self._flow(value)}{self._trailer()}"]
        first, *rest = self._scalar(value, indent + 2)
        return [f"{start}{' ' * self._random.choice((1, 1, 3))}{first}".rstrip(" "), *rest]

    def _nested(self, start: str, value: Any, indent: int, *, in_list: bool) -> list[str]:
        anchor = self._anchor(value)
        if anchor.startswith("*"):
            return [f"{start} {anchor}"]
        # A list may have the indentation of its key.
        deeper = indent if isinstance(value, list) and not in_list and self._random.random() < 0.5 else indent + 2
        lines = self.block(value, deeper)
        if in_list and not anchor and not lines[0].lstrip().startswith("#") and self._random.random() < 0.8:
            return [f"{start} {lines[0].lstrip()}", *lines[1:]]
        return [f"{start}{anchor and ' ' + anchor}{self._trailer()}", *lines]

    def _anchor(self, value: Any) -> str:
        """Return an alias of an equal value that was written before, a new anchor, or an empty text."""
        if contains_raw(value):
            return ""
        text = json.dumps(value)
        if text in self._anchors:
            return f"*{self._anchors[text]}"
        if self._random.random() > 0.3:
            return ""
        self._anchors[text] = f"a{len(self._anchors)}"
        return f"&{self._anchors[text]}"

    def _flow(self, value: Any) -> str:
        if isinstance(value, dict):
            entries = (f"{self._key(key)}: {self._flow(item)}" for key, item in value.items())
            return f"{{{', '.join(entries)}{self._comma(value)}}}"
        if isinstance(value, list):
            return f"[{', '.join(map(self._flow, value))}{self._comma(value)}]"
        return self._scalar(value, None)[0]

    def _comma(self, value: Any) -> str:
        return "," if value and self._random.random() < 0.2 else ""

    def _key(self, key: str) -> str:
        if PLAIN.fullmatch(key) and key.lower() not in RESERVED and self._random.random() < 0.9:
            return key
        return json.dumps(key, ensure_ascii=False) if self._random.random() < 0.5 else _single_quoted(key)

    def _scalar(self, value: Any, indent: int | None) -> list[str]:
        """Return the lines of a scalar. Without an indent, it is part of a flow collection."""
        if isinstance(value, Raw):
            return [value.text]
        if value is None:
            return [self._random.choice(("null", "~", "Null"))]
        if isinstance(value, bool):
            return [self._random.choice(("true", "True", "yes", "on") if value else ("false", "FALSE", "no", "off"))]
        if isinstance(value, int):
            return [self._random.choice(_INTEGERS)(value) if value >= 0 else str(value)]
        if isinstance(value, float):
            return [repr(value)]
        return self._string(value, indent)

    def _string(self, value: str, indent: int | None) -> list[str]:
        choice = self._random.random()
        if "\n" in value or any(ord(character) < 32 for character in value):
            if indent is not None and "\r" not in value and "\t" not in value and not value.startswith((" ", "\n")):
                return _literal(value, indent)
            return [json.dumps(value, ensure_ascii=False)]
        if choice < 0.5 and PLAIN.fullmatch(value) and value.lower() not in RESERVED:
            return [value]
        if choice < 0.6 and indent is not None and value.strip() == value and value:
            return [self._random.choice((">-", "|-")), f"{' ' * indent}{value}"]
        return [json.dumps(value, ensure_ascii=False) if choice < 0.8 else _single_quoted(value)]

    def _comment(self) -> list[str]:
        return [self._random.choice(COMMENTS)] if self._random.random() < 0.05 else []

    def _trailer(self) -> str:
        return self._random.choice(("  # why", " #", " ")) if self._random.random() < 0.1 else ""


_INTEGERS: tuple[Callable[[int], str], ...] = (
    *(str, str, str),
    "{:_}".format,
    "0x{:x}".format,
    "{}.0".format,
    "+{}".format,
)


def _single_quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _literal(value: str, indent: int) -> list[str]:
    """Return a literal block, which keeps the line breaks at the end."""
    body = value.rstrip("\n")
    chomping = {0: "-", 1: ""}.get(len(value) - len(body), "+")
    blank = [""] * (len(value) - len(body) - 1)
    return [f"|{chomping}", *(f"{' ' * indent}{line}" if line else "" for line in body.split("\n")), *blank]
