"""Label selectors that are built from requirements."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from kubex.core._label_syntax import label_key_problem, label_value_problem
from kubex.core._selector_operands import SelectorOperand

if TYPE_CHECKING:
    from kubex.core._label_selector_models import LabelSelectorDict, LabelSelectorModel, LabelSelectorModelClass

    M = TypeVar("M", bound=LabelSelectorModelClass)

_INTEGER = re.compile(r"[+-]?[0-9]{1,63}")
_MAX_INTEGER = 2**63 - 1


class LabelRequirement(NamedTuple):
    """One requirement. `operator` is `=`, `!=`, `in`, `notin`, `exists`, `!`, `>` or `<`."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.operator == "exists":
            return self.key
        if self.operator == "!":
            return f"!{self.key}"
        if self.operator in ("in", "notin"):
            return f"{self.key} {self.operator} ({','.join(self.values)})"
        return f"{self.key}{self.operator}{self.values[0]}"

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Return whether labels match. A missing label matches only `!=`, `notin` and `!`."""
        value = labels.get(self.key)
        if value is None:
            return self.operator in ("!=", "notin", "!")
        if self.operator in (">", "<"):
            number, limit = _integer(value), _integer(self.values[0])
            if number is None or limit is None:
                return False
            return number > limit if self.operator == ">" else number < limit
        if self.operator in ("=", "in"):
            return value in self.values
        if self.operator in ("!=", "notin"):
            return value not in self.values
        return self.operator == "exists"


def _integer(text: str) -> int | None:
    """Return the value of a text that Go's `ParseInt` accepts, or None."""
    number = int(text) if _INTEGER.fullmatch(text) else None
    return None if number is None or not -_MAX_INTEGER - 1 <= number <= _MAX_INTEGER else number


def make_requirement(key: str, operator: str, values: Iterable[str] = ()) -> LabelRequirement:
    """Return a valid requirement; raise ValueError if its key or a value is invalid."""
    # str() of an enumeration member would be its name.
    unique = tuple(sorted({str.__str__(value) for value in values}))
    problems = [label_key_problem(key)]
    if operator in (">", "<") and (unique[0][:1] in ("+", "-") or _integer(unique[0]) is None):
        problems.append(f"the value {unique[0]!r} of {key} {operator} must be an integer from 0 to 2**63 - 1")
    problems += [label_value_problem(key, value) for value in unique]
    for problem in problems:
        if problem is not None:
            raise ValueError(problem)
    return LabelRequirement(key, operator, unique)


@dataclass(frozen=True, slots=True, repr=False)
class LabelRequirements(SelectorOperand):
    """A label selector: the requirements that the labels of an object must meet, all of them.

    `label()` and `parse()` create it, `&` combines two, and `str()` returns the text for the server. The order of
    requirements does not matter; the text is sorted by the keys. A selector is neither true nor false: `and`, `or`,
    `not` and `if` raise TypeError.

    Example:
        web = (label("app") == "web") & label("tier").not_in("db", "cache")
        print(await pods.list(label_selector=web))
    """

    _requirements: tuple[LabelRequirement, ...] = ()

    unit = "label"

    def __post_init__(self) -> None:
        # The class is frozen, so assignments must bypass its __setattr__.
        object.__setattr__(self, "_requirements", tuple(sorted(set(self._requirements))))

    def __and__(self, other: LabelRequirements) -> LabelRequirements:
        if not isinstance(other, LabelRequirements):  # pyright: ignore[reportUnnecessaryIsInstance]
            self.reject(other)
        return LabelRequirements(self._requirements + other._requirements)

    def __str__(self) -> str:
        return ",".join(map(str, self._requirements))

    def __repr__(self) -> str:
        return f"<LabelRequirements {str(self)!r}>"

    def matches(self, labels: Mapping[str, str] | None) -> bool:
        """Return whether an object with these labels is selected. None is the same as no labels.

        `!=` and `not_in()` select objects without the label, as on the server. `>` and `<` select only objects with an
        integer.

        Example:
            pod = await pods.get("web-0")
            assert (label("app") == "web").matches(pod.metadata.labels)
        """
        return all(requirement.matches(labels or {}) for requirement in self._requirements)

    def to_model(self, model: type[M]) -> M:
        """Return a `LabelSelector` of the class that you pass, for example for `spec.selector` of a Deployment.

        Raises:
            ValueError: the selector contains `>` or `<`, which a LabelSelector cannot express.
            TypeError: the class does not have the fields of a LabelSelector.

        Example:
            selector = ((label("app") == "web") & label("canary").absent()).to_model(LabelSelector)
            assert selector.match_labels == {"app": "web"}
        """
        from kubex.core._label_selector_models import requirements_to_model

        return requirements_to_model(self._requirements, model)

    @classmethod
    def from_model(cls, model: LabelSelectorModel | LabelSelectorDict | Mapping[str, Any]) -> LabelRequirements:
        """Return the requirements of a `LabelSelector`, which is a model of any package, or its JSON.

        An empty LabelSelector selects all objects.

        Raises:
            ValueError: the LabelSelector is invalid, or contains fields that this version of Kubex does not know.
            TypeError: the argument is not a LabelSelector.

        Example:
            web = await deployments.get("web")
            selector = LabelRequirements.from_model(web.spec.selector)
            assert selector.matches({"app": "web"})
        """
        from kubex.core._label_selector_models import requirements_of_model

        return cls(requirements_of_model(model))


class Label(SelectorOperand):
    """A label, from which its methods and operators create requirements."""

    __slots__ = ("_key",)

    unit = "label"

    def __init__(self, key: str) -> None:
        problem = label_key_problem(key)
        if problem is not None:
            raise ValueError(problem)
        self._key = str.__str__(key)  # str() of an enumeration member would be its name

    def __repr__(self) -> str:
        return f"label({self._key!r})"

    def __eq__(self, value: str) -> LabelRequirements:  # type: ignore[override]  # not a comparison of two labels
        return self._require("=", value)

    def __ne__(self, value: str) -> LabelRequirements:  # type: ignore[override]  # not a comparison of two labels
        return self._require("!=", value)

    def __gt__(self, value: int) -> LabelRequirements:
        return self._require_number(">", value)

    def __lt__(self, value: int) -> LabelRequirements:
        return self._require_number("<", value)

    def in_(self, *values: str) -> LabelRequirements:
        """Require that the label has one of these values.

        Example:
            listed = await pods.list(label_selector=label("app").in_("web", "api"))
        """
        return self._require("in", *values)

    def not_in(self, *values: str) -> LabelRequirements:
        """Require that the label does not have one of these values. Objects without the label are selected.

        Example:
            listed = await pods.list(label_selector=label("tier").not_in("db", "cache"))
        """
        return self._require("notin", *values)

    def exists(self) -> LabelRequirements:
        """Require that the object has the label, with any value.

        Example:
            listed = await pods.list(label_selector=label("app").exists())
        """
        return LabelRequirements((LabelRequirement(self._key, "exists"),))

    def absent(self) -> LabelRequirements:
        """Require that the object does not have the label.

        Example:
            listed = await pods.list(label_selector=label("canary").absent())
        """
        return LabelRequirements((LabelRequirement(self._key, "!"),))

    def _require(self, operator: str, *values: str) -> LabelRequirements:
        if not values:
            method = "in_" if operator == "in" else "not_in"
            raise ValueError(f"{self!r}.{method}() without a value: pass at least one, or use exists() or absent()")
        for value in values:
            if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise TypeError(
                    f"the value of {self!r} must be a str, not {type(value).__name__}: pass several values to in_() or "
                    "not_in() as separate arguments, numbers as text, and use exists() or absent() without a value"
                )
        return LabelRequirements((make_requirement(self._key, operator, values),))

    def _require_number(self, operator: str, value: int) -> LabelRequirements:
        if isinstance(value, bool) or not isinstance(value, int):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"{self!r} {operator} must be followed by an int, not {type(value).__name__}")
        return LabelRequirements((make_requirement(self._key, operator, (str(value),)),))


def label(key: str) -> Label:
    """Return a label for building a selector.

    Combine requirements with `&`. Put parentheses around comparisons, because `&` binds more strongly than `==`. A
    selector with `>` or `<` selects only objects whose label is an integer.

    Raises:
        ValueError: the key, or a value that it is compared with, is not valid for labels.
        TypeError: a value has a wrong type.

    Example:
        requirements = [
            label("app") == "web",
            label("app") != "web",
            label("app").in_("web", "api"),
            label("tier").not_in("db", "cache"),
            label("canary").exists(),
            label("canary").absent(),
            label("generation") > 5,
            label("generation") < 9,
        ]
        selector = (label("app") == "web") & label("tier").not_in("db", "cache") & label("canary").absent()
        for pod in await pods.list(label_selector=selector):
            print(pod.metadata.name)
    """
    return Label(key)
