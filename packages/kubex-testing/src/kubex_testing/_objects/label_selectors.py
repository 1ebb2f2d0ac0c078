"""Label selectors: the `labelSelector` parameter and the `LabelSelector` object.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from .go_numbers import parse_int
from .json_types import JsonObject, array_at, object_at
from .names import label_value_problems, qualified_name_problems
from .status_causes import invalid

LabelPredicate: TypeAlias = Callable[[Mapping[str, str]], bool]

_TOKEN = re.compile(r"[ \t\r\n]*(==|!=|[=!(),<>]|[^ \t\r\n=!(),<>]+|$)")
_SYMBOLS = frozenset({"==", "!=", "=", "!", "(", ")", ",", "<", ">", ""})
_OPERATOR_NAMES = "in, notin, =, ==, !=, gt, lt"
_OPERATORS = {"in": "in", "notin": "notin", "=": "in", "==": "in", "!=": "notin", ">": ">", "<": "<"}


@dataclass(frozen=True)
class Requirement:
    """One requirement for one label. `operator` is in, notin, exists, !, > or <."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Return whether labels match the requirement. A missing key matches only `notin` and `!`."""
        value = labels.get(self.key)
        if value is None:
            return self.operator in {"notin", "!"}
        if self.operator in {">", "<"}:
            number, limit = _parse_integer(value), _parse_integer(self.values[0])
            if number is None or limit is None:
                return False
            return number > limit if self.operator == ">" else number < limit
        return {
            "in": value in self.values,
            "notin": value not in self.values,
            "exists": True,
            "!": False,
        }[self.operator]


def _parse_integer(text: str) -> int | None:
    try:
        return parse_int(text)
    except ValueError:
        return None


def parse_label_selector(text: str) -> LabelPredicate:
    """Parse a `labelSelector` parameter. An empty string matches all labels.

    Raises:
        ValueError: the selector is invalid. The message is the message of kube-apiserver.
    """
    requirements = _Parser(text).parse()
    return lambda labels: all(requirement.matches(labels) for requirement in requirements)


def match_label_selector(selector: JsonObject, labels: Mapping[str, str]) -> bool:
    """Return whether labels match a `LabelSelector` object. An empty selector matches all labels."""
    return all(requirement.matches(labels) for requirement in _requirements(selector))


def format_label_selector(selector: JsonObject) -> str:
    """Format a `LabelSelector` object as a string, as in `status.selector` of a Scale."""
    texts: list[str] = []
    for requirement in sorted(_requirements(selector), key=lambda item: item.key):
        key, values = requirement.key, sorted(requirement.values)
        if requirement.operator == "exists":
            texts.append(key)
        elif requirement.operator == "!":
            texts.append(f"!{key}")
        elif key in object_at(selector, "matchLabels") and requirement.operator == "in":
            texts.append(f"{key}={values[0]}")
        else:
            texts.append(f"{key} {requirement.operator} ({','.join(values)})")
    return ",".join(texts)


def _requirements(selector: JsonObject) -> list[Requirement]:
    operators = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!"}
    found = [Requirement(key, "in", (value,)) for key, value in object_at(selector, "matchLabels").items()]
    for expression in array_at(selector, "matchExpressions"):
        operator = operators.get(expression.get("operator"), "in")
        found.append(Requirement(expression.get("key", ""), operator, tuple(array_at(expression, "values"))))
    return found


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens: list[str] = _TOKEN.findall(text)
        self._position = 0

    def parse(self) -> list[Requirement]:
        requirements: list[Requirement] = []
        while True:
            token = self._peek()
            if not token:
                return requirements
            if token in _SYMBOLS - {"!"}:
                raise ValueError(f"found '{token}', expected: !, identifier, or 'end of string'")
            try:
                requirements.append(self._requirement())
            except ValueError as error:
                raise ValueError(f"unable to parse requirement: {error}") from None
            separator = self._next()
            if not separator:
                return requirements
            if separator != ",":
                raise ValueError(f"found '{separator}', expected: ',' or 'end of string'")
            if self._peek() in _SYMBOLS - {"!"}:
                raise ValueError(f"found '{self._peek()}', expected: identifier after ','")

    def _peek(self) -> str:
        return self._tokens[self._position]

    def _next(self) -> str:
        token = self._peek()
        self._position = min(self._position + 1, len(self._tokens) - 1)
        return token

    def _requirement(self) -> Requirement:
        negated = self._peek() == "!"
        if negated:
            self._next()
        key = self._next()
        if key in _SYMBOLS:
            raise ValueError(f"found '{key}', expected: identifier")
        if problems := qualified_name_problems(key):
            raise ValueError(str(invalid("<nil>", key, "; ".join(problems))))
        if negated or self._peek() in {"", ","}:
            return Requirement(key, "!" if negated else "exists")
        operator = self._next()
        if operator not in _OPERATORS:
            raise ValueError(f"found '{operator}', expected: {_OPERATOR_NAMES}")
        values = self._values() if operator in {"in", "notin"} else [self._value()]
        for index, value in enumerate(sorted(values)):
            if operator in {">", "<"} and _parse_integer(value) is None:
                detail = "for 'Gt', 'Lt' operators, the value must be an integer"
                raise ValueError(str(invalid(f"values[{index}]", value, detail)))
            if problems := label_value_problems(value):
                raise ValueError(str(invalid(f"values[{index}][{key}]", value, "; ".join(problems))))
        return Requirement(key, _OPERATORS[operator], tuple(values))

    def _value(self) -> str:
        if self._peek() in {"", ","}:
            return ""
        value = self._next()
        if value in _SYMBOLS:
            raise ValueError(f"found '{value}', expected: identifier")
        return value

    def _values(self) -> list[str]:
        """Parse `(a,b)`. A missing value between commas is an empty string."""
        if (token := self._next()) != "(":
            raise ValueError(f"found '{token}' expected: '('")
        values: list[str] = []
        while True:
            token = self._next()
            if token in {",", ")"}:
                values.append("")
            elif token in _SYMBOLS:
                expected = "',', or identifier" if values else "',', ')' or identifier"
                raise ValueError(f"found '{token}', expected: {expected}")
            else:
                values.append(token)
                token = self._next()
                if token not in {",", ")"}:
                    raise ValueError(f"found '{token}', expected: ',' or ')'")
            if token.endswith(")"):
                return values
