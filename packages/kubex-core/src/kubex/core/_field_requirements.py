"""Field selectors that are built from requirements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from kubex.core._field_syntax import escape_field_value, field_problem
from kubex.core._selector_operands import SelectorOperand


class FieldRequirement(NamedTuple):
    """One requirement. `operator` is `=` or `!=`."""

    name: str
    operator: str
    value: str

    def __str__(self) -> str:
        return f"{self.name}{self.operator}{escape_field_value(self.value)}"


@dataclass(frozen=True, slots=True, repr=False)
class FieldRequirements(SelectorOperand):
    """A field selector: the requirements that the fields of an object must meet, all of them.

    `field()` creates it, `&` combines two, and `str()` returns the text for the server. The order of requirements does
    not matter. A selector is neither true nor false: `and`, `or`, `not` and `if` raise TypeError.

    Example:
        running = (field("status.phase") == "Running") & (field("spec.nodeName") != "node-1")
        print(await pods.list(field_selector=running))
    """

    _requirements: tuple[FieldRequirement, ...]

    unit = "field"

    def __post_init__(self) -> None:
        # The class is frozen, so assignments must bypass its __setattr__.
        object.__setattr__(self, "_requirements", tuple(sorted(set(self._requirements))))

    def __and__(self, other: FieldRequirements) -> FieldRequirements:
        if not isinstance(other, FieldRequirements):  # pyright: ignore[reportUnnecessaryIsInstance]
            self.reject(other)
        return FieldRequirements(self._requirements + other._requirements)

    def __str__(self) -> str:
        return ",".join(map(str, self._requirements))

    def __repr__(self) -> str:
        return f"<FieldRequirements {str(self)!r}>"


class Field(SelectorOperand):
    """A field, from which `==` and `!=` create requirements."""

    __slots__ = ("_name",)

    unit = "field"

    def __init__(self, name: str) -> None:
        problem = field_problem(name, "")
        if problem is not None:
            raise ValueError(problem)
        self._name = str.__str__(name)  # str() of an enumeration member would be its name

    def __repr__(self) -> str:
        return f"field({self._name!r})"

    def __eq__(self, value: str) -> FieldRequirements:  # type: ignore[override]  # not a comparison of two fields
        return self._require("=", value)

    def __ne__(self, value: str) -> FieldRequirements:  # type: ignore[override]  # not a comparison of two fields
        return self._require("!=", value)

    def _require(self, operator: str, value: str) -> FieldRequirements:
        if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(
                f"the value of {self!r} must be a str, not {type(value).__name__}: pass numbers and booleans as they "
                'are in JSON, such as "true", and a missing field as ""'
            )
        text = str.__str__(value)  # str() of an enumeration member would be its name
        problem = field_problem(self._name, text)
        if problem is not None:
            raise ValueError(problem)
        return FieldRequirements((FieldRequirement(self._name, operator, text),))


def field(name: str) -> Field:
    """Return a field for building a selector.

    `==` and `!=` create requirements, and `&` combines them. Put parentheses around comparisons, because `&` binds more
    strongly than `==`. Each kind supports only some fields; a server returns 400 for others, which raises BadRequest.
    All kinds support `metadata.name`, and namespaced kinds `metadata.namespace`. See
    https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/#supported-fields.

    Raises:
        ValueError: the name of the field is not valid.
        TypeError: a value is not a str.

    Example:
        selector = (field("status.phase") == "Running") & (field("metadata.name") != "web-1")
        for pod in await pods.list(field_selector=selector):
            print(pod.metadata.name)
    """
    return Field(name)
