"""From the events of a YAML parser to values, by kubectl's rules and within bounds."""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from kubex.configuration._entry import as_list, as_mapping

MAX_DEPTH = 100
MAX_NODES = 250_000
MAX_EXPANDED = 32 << 20
"""Characters and nodes of a document in which every alias is replaced by what it stands for."""

TAG = "tag:yaml.org,2002:"
MERGE = "<<"
WORDS: dict[str, bool | None] = dict.fromkeys(["", "~", "null", "Null", "NULL"]) | {
    form: value
    for words, value in (("y yes on true", True), ("n no off false", False))
    for word in words.split()
    for form in (word, word.capitalize(), word.upper())
}
INFINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
IN_BASE = re.compile(r"[-+]?0(?:[bB](?P<b>[01]+)|[xX](?P<x>[0-9a-fA-F]+)|[oO]?(?P<o>[0-7]+))")
DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
SEPARATORS = re.compile(r"(?<=[0-9])_(?=[0-9])")
BASES = {"b": 2, "o": 8, "x": 16}
INTEGERS = range(-(2**63), 2**64)
"""What Go can hold: others are fractions, or text if no decimal digits."""


class Unusable(Exception):
    """A document is more, or something else, than a kubeconfig can be. The text quotes nothing of it."""


class _Open:
    """A collection that has not ended yet."""

    def __init__(self, values: list[Any] | dict[Any, Any], anchor: str | None) -> None:
        self.values = values
        self.anchor = anchor
        self.weight = 1
        self.key: tuple[str | None] | None = None  # in a tuple, to tell it from one that has not come yet
        self.merged: list[Mapping[object, object]] = []

    def add(self, value: object, weight: int, *, is_merge: bool = False) -> None:
        """Take the next item, key or value."""
        self.weight += weight
        if isinstance(self.values, list):
            self.values.append(value)
        elif self.key is None:
            self.key = (None,) if is_merge else (_as_key(value),)
        else:
            (key,), self.key = self.key, None
            if key is None:
                self.merged += _mappings(value)
            else:
                self.values[key] = value

    def close(self) -> list[Any] | dict[Any, Any]:
        """Add what was merged in, below what stands here; the first of several wins."""
        if isinstance(self.values, dict):
            for mapping in self.merged:
                for key, value in mapping.items():
                    self.values.setdefault(key, value)
        return self.values


def compose(events: Iterable[yaml.Event]) -> object:
    """Build the one document; keys are text, dates too. Raises `Unusable`."""
    anchors: dict[str, tuple[object, int]] = {}
    stack = [_Open([], None)]
    nodes = 0
    for event in events:
        if isinstance(event, yaml.NodeEvent):
            nodes += 1
            if nodes > MAX_NODES:
                raise Unusable(f"it has more than {MAX_NODES} values")
        if isinstance(event, yaml.CollectionEndEvent):
            top = stack.pop()
            _finish(stack[-1], anchors, top.anchor, top.close(), top.weight)
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(stack) > MAX_DEPTH:
                raise Unusable(f"it is nested more than {MAX_DEPTH} deep")
            is_list = isinstance(event, yaml.SequenceStartEvent)
            _check_tag(event.tag, "seq" if is_list else "map")
            anchors.pop(event.anchor or "", None)  # it stands for nothing before its end
            stack.append(_Open([] if is_list else {}, event.anchor))
        elif isinstance(event, yaml.ScalarEvent):
            is_merge = event.value == MERGE and event.implicit[0] and event.tag is None
            _finish(stack[-1], anchors, event.anchor, _scalar(event), 1 + len(event.value), is_merge=is_merge)
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in anchors:
                raise Unusable("an alias stands for nothing, or for what it stands in")
            stack[-1].add(*anchors[event.anchor])
        elif isinstance(event, yaml.DocumentStartEvent) and stack[0].values:
            raise Unusable("there are several documents")
        if stack[-1].weight > MAX_EXPANDED:
            raise Unusable("its aliases make it too large")
    documents = stack[0].values
    return documents[0] if documents else None


def _finish(
    parent: _Open,
    anchors: dict[str, tuple[object, int]],
    anchor: str | None,
    value: object,
    weight: int,
    *,
    is_merge: bool = False,
) -> None:
    if anchor is not None:
        anchors[anchor] = value, weight
    parent.add(value, weight, is_merge=is_merge)


def _as_key(value: object) -> str:
    if isinstance(value, list | dict):
        raise Unusable("a list or a mapping stands where a key must be")
    if isinstance(value, float):
        return f"{value:g}"  # as Go does, to six digits
    return str(value).lower() if isinstance(value, bool) else str(value)


def _mappings(value: object) -> list[Mapping[object, object]]:
    """Return what a merge key merges: a mapping, or a list of them."""
    items = as_list(value)
    found = [as_mapping(each) for each in ([value] if items is None else items)]
    if None in found:
        raise Unusable("a merge key merges what is no mapping")
    return [each for each in found if each is not None]


def _check_tag(tag: str | None, *known: str) -> None:
    if tag not in (None, "!") and tag not in {TAG + name for name in known}:
        raise Unusable("it has a tag, and a kubeconfig is made of plain YAML")


def _scalar(event: yaml.ScalarEvent) -> str | int | float | bool | None:
    _check_tag(event.tag, "str", "bool", "null")
    text: str = event.value
    if event.tag == TAG + "str" or (event.tag is None and not event.implicit[0]) or event.tag == "!":
        return text
    if text in WORDS:
        return WORDS[text]
    if event.tag is not None:
        raise Unusable("a tag does not fit its value")
    return _number(text)


def _number(text: str) -> str | int | float:
    """Read a number as Go does, else return the text."""
    if INFINITE.fullmatch(text):
        return float(text.replace(".", ""))
    digits = text.replace("_", "") if text[0] in "+-0123456789" else SEPARATORS.sub("", text)
    if match := IN_BASE.fullmatch(digits):
        base = match.lastgroup or ""
        value = int(match[base], BASES[base]) * (-1 if digits[0] == "-" else 1)
        if value in INTEGERS:
            return value
    if not FLOAT.fullmatch(digits) or math.isinf(number := float(digits)):
        return text
    return int(digits) if DECIMAL.fullmatch(digits) else number  # int: all digits are kept when it is written again
