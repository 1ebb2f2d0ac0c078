"""The `LabelSelector` objects of any model package, and their JSON form.

They are recognized by their fields, because this package does not know the generated models.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TypedDict, TypeVar, cast

from typing_extensions import Self

from kubex.core._label_requirements import LabelRequirement, make_requirement


class LabelSelectorRequirementModel(Protocol):
    """A `LabelSelectorRequirement` of any model package."""

    @property
    def key(self) -> str: ...
    @property
    def operator(self) -> str: ...
    @property
    def values(self) -> Sequence[str] | None: ...


class LabelSelectorModel(Protocol):
    """A `LabelSelector` of any model package."""

    @property
    def match_labels(self) -> Mapping[str, str] | None: ...
    @property
    def match_expressions(self) -> Sequence[LabelSelectorRequirementModel] | None: ...


class LabelSelectorModelClass(LabelSelectorModel, Protocol):
    """A class of such a model."""

    @classmethod
    def model_validate(cls, obj: Any, /) -> Self: ...


class LabelSelectorRequirementDict(TypedDict, total=False):
    """The JSON form of a `LabelSelectorRequirement`."""

    key: str
    operator: str
    values: Sequence[str] | None


class LabelSelectorDict(TypedDict, total=False):
    """The JSON form of a `LabelSelector`."""

    matchLabels: Mapping[str, str] | None
    matchExpressions: Sequence[LabelSelectorRequirementDict] | None


M = TypeVar("M", bound=LabelSelectorModelClass)

_OPERATORS = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!"}
_OPERATOR_NAMES = {"=": "In", "!=": "NotIn", **{operator: name for name, operator in _OPERATORS.items()}}
_FIELDS = {"matchLabels", "matchExpressions"}
_REQUIREMENT_FIELDS = {"key", "operator", "values"}


def is_label_selector(value: object) -> bool:
    """Return whether an object can be a `LabelSelector`: a model, or a mapping in JSON form."""
    return isinstance(value, Mapping) or _is_model(value)


def _is_model(value: object) -> bool:
    fields = ("match_labels", "match_expressions")
    return not isinstance(value, type) and all(hasattr(value, name) for name in fields)


def requirements_of_model(selector: object) -> tuple[LabelRequirement, ...]:
    """Return the requirements of a `LabelSelector`; raise ValueError if it is invalid, TypeError if it is not one."""
    if not is_label_selector(selector):
        raise TypeError(
            f"a {type(selector).__name__} is not a LabelSelector: pass a model with match_labels and "
            "match_expressions, or its JSON, such as the result of to_dict()"
        )
    if _is_model(selector):
        selector = _fields(selector, matchLabels="match_labels", matchExpressions="match_expressions")
    document = cast("Mapping[str, Any]", selector)
    _reject_unknown(document, _FIELDS, "LabelSelector")
    labels: Any = document.get("matchLabels") or {}
    expressions: Any = document.get("matchExpressions") or ()
    if not isinstance(labels, Mapping) or not isinstance(expressions, Sequence):
        raise ValueError("a LabelSelector has a mapping of labels in matchLabels, and a list in matchExpressions")
    equal = [_strings("matchLabels", key, value) for key, value in cast("Mapping[object, object]", labels).items()]
    return (
        *(make_requirement(key, "=", (value,)) for key, value in equal),
        *(_expression_requirement(expression) for expression in cast("Sequence[object]", expressions)),
    )


def _expression_requirement(expression: object) -> LabelRequirement:
    if all(hasattr(expression, name) for name in ("key", "operator")) and not isinstance(expression, Mapping):
        expression = _fields(expression, key="key", operator="operator", values="values")
    if not isinstance(expression, Mapping):
        raise ValueError(f"an item of matchExpressions has key, operator and values, not {type(expression).__name__}")
    fields = cast("Mapping[str, Any]", expression)
    _reject_unknown(fields, _REQUIREMENT_FIELDS, "LabelSelectorRequirement")
    (key,) = _strings("matchExpressions", fields.get("key"))
    name = str.__str__(fields["operator"]) if isinstance(fields.get("operator"), str) else ""
    items: Any = fields.get("values") or ()
    if isinstance(items, str) or not isinstance(items, Sequence):
        raise ValueError(f"the values of {key!r} in matchExpressions must be a list, not {type(items).__name__}")
    values = _strings(key, *cast("Sequence[object]", items))
    if name not in _OPERATORS:
        problem = f"the operator of {key!r} in matchExpressions must be one of {', '.join(_OPERATORS)}"
        raise ValueError(f"{problem}, not {fields.get('operator')!r}")
    if (name in ("In", "NotIn")) is not bool(values):
        rule = "needs at least one value" if name in ("In", "NotIn") else "does not have values"
        raise ValueError(f"the operator {name} of {key!r} in matchExpressions {rule}")
    return make_requirement(key, _OPERATORS[name], values)


def _strings(where: str, *values: object) -> tuple[str, ...]:
    for value in values:
        if not isinstance(value, str):
            raise ValueError(f"{where} of a LabelSelector contains {value!r}, which must be a str")
    return cast("tuple[str, ...]", values)


def _reject_unknown(fields: Mapping[str, Any], known: set[str], kind: str) -> None:
    unknown = sorted(str(name) for name in fields.keys() - known)
    if unknown:
        # Ignoring a field could select more objects.
        raise ValueError(f"{kind} has the unknown fields {', '.join(unknown)}: expected {', '.join(sorted(known))}")


def _fields(model: object, **attributes: str) -> dict[str, Any]:
    """Return the fields of a model by their JSON names, with those that a class of Pydantic does not declare."""
    declared = {name: getattr(model, attribute, None) for name, attribute in attributes.items()}
    return {**declared, **(getattr(model, "model_extra", None) or {})}


def requirements_to_model(requirements: Iterable[LabelRequirement], model: type[M]) -> M:
    """Return a `LabelSelector` of a class; raise ValueError for `>` and `<`, TypeError for another class."""
    fields = getattr(model, "model_fields", ())
    if "match_labels" not in fields or "match_expressions" not in fields:
        raise TypeError(
            f"{model!r} is not a class with match_labels and match_expressions: pass the LabelSelector of a model "
            "package, such as kubex_k8s.v1_37.meta.v1.LabelSelector"
        )
    labels: dict[str, str] = {}
    expressions: list[dict[str, Any]] = []
    for key, operator, values in requirements:
        if operator in (">", "<"):
            raise ValueError(
                f"a LabelSelector cannot express {key} {operator} {values[0]}: only label_selector= supports > and <"
            )
        if operator == "=" and key not in labels:
            labels[key] = values[0]
        else:
            expression = {"key": key, "operator": _OPERATOR_NAMES[operator]}
            expressions.append({**expression, "values": list(values)} if values else expression)
    created = model.model_validate(
        {
            **({"matchLabels": labels} if labels else {}),
            **({"matchExpressions": expressions} if expressions else {}),
        }
    )
    if len(created.match_labels or ()) != len(labels) or len(created.match_expressions or ()) != len(expressions):
        # An empty LabelSelector would select all objects.
        raise TypeError(f"{model!r} does not read matchLabels and matchExpressions: pass a class with these JSON names")
    return created
