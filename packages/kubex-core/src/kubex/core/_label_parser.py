"""The parser of label selectors in text form."""

from __future__ import annotations

import re
from functools import lru_cache

from kubex.core._errors import ConfigurationError
from kubex.core._label_requirements import LabelRequirement, LabelRequirements, make_requirement
from kubex.core._selectors import LabelSelectorTypes, label_selector

# kube-apiserver ends a word at these characters only.
_SPACES = " \t\r\n"
_SPACE = r"[ \t\r\n]*"
_WORD = r"[^ \t\r\n=!(),<>]+(?=[ \t\r\n=!(),<>]|\Z)"
_REQUIREMENT = re.compile(
    rf"{_SPACE}(?:!{_SPACE}(?P<absent>{_WORD})"
    rf"|(?P<key>{_WORD})(?:{_SPACE}(?P<operator>==|!=|[=<>]){_SPACE}(?P<value>{_WORD})?"
    rf"|{_SPACE}(?P<set>in|notin){_SPACE}\((?P<values>[^()=!<>]*)\))?"
    rf"){_SPACE}(?:\Z|,(?!{_SPACE}\Z))"
)
_FORMS = "KEY, !KEY, KEY=VALUE, KEY!=VALUE, KEY in (A,B), KEY notin (A,B), KEY>NUMBER or KEY<NUMBER"


def parse(text: str) -> LabelRequirements:
    """Read a label selector in the syntax of Kubernetes, such as `app=web,tier notin (db,cache),!canary`.

    An empty text selects all objects. `str()` of the result returns a text with the same meaning.

    Raises:
        ValueError: the text is not a valid selector. kube-apiserver rejects it, too.

    See https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors.

    Example:
        selector = parse("app=web,tier notin (db,cache),!canary")
        assert selector.matches({"app": "web"})
        assert selector == (label("app") == "web") & label("tier").not_in("db", "cache") & label("canary").absent()
    """
    requirements: list[LabelRequirement] = []
    position, end = 0, len(text.rstrip(_SPACES))
    while position < end:
        match = _REQUIREMENT.match(text, position)
        if match is None:
            raise ValueError(
                f"invalid label selector {text!r}: cannot read {text[position:end]!r}, expected {_FORMS}, separated by "
                "commas"
            )
        try:
            requirements.append(_requirement(match))
        except ValueError as error:
            raise ValueError(f"invalid label selector {text!r}: {error}") from None
        position = match.end()
    return LabelRequirements(tuple(requirements))


def label_requirements(selector: LabelSelectorTypes) -> LabelRequirements:
    """Return the requirements of a label selector in any form that `label_selector` accepts.

    Use it to select objects that you already have, as the server would. `None`, an empty text and `EVERYTHING` select
    all objects. The results for texts are cached.

    Raises:
        ConfigurationError: the selector is invalid.

    Example:
        selector = label_requirements("app in (web, api)")
        assert selector.matches({"app": "web"})
    """
    text = label_selector(selector)
    try:
        return _parse_cached(text or "")
    except ValueError as error:
        raise ConfigurationError(str(error), field="label_selector") from None


@lru_cache(maxsize=256)
def _parse_cached(text: str) -> LabelRequirements:
    return parse(text)


def _requirement(match: re.Match[str]) -> LabelRequirement:
    if match["absent"]:
        return make_requirement(match["absent"], "!")
    if match["set"]:
        return make_requirement(match["key"], match["set"], _values(match["values"]))
    if match["operator"]:
        operator = "=" if match["operator"] == "==" else match["operator"]
        return make_requirement(match["key"], operator, (match["value"] or "",))
    return make_requirement(match["key"], "exists")


def _values(text: str) -> list[str]:
    values = [value.strip(_SPACES) for value in text.split(",")]
    if any(space in value for value in values for space in _SPACES):
        raise ValueError(f"the values ({text}) must be separated by commas")
    return values
