r"""The arguments `label_selector` and `field_selector`.

A mapping means that each key equals its value. Characters that would change this are escaped in the values of field
selectors; values of labels cannot contain such characters, so they raise an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias, cast

from kubex.core._errors import ConfigurationError
from kubex.core._unicode import LONE_SURROGATE, has_lone_surrogate

if TYPE_CHECKING:
    from kubex.core._field_requirements import FieldRequirements
    from kubex.core._label_requirements import LabelRequirements
    from kubex.core._label_selector_models import LabelSelectorDict, LabelSelectorModel
    from kubex.core._selector_objects import Everything

    LabelSelectorObject: TypeAlias = LabelRequirements | LabelSelectorModel | LabelSelectorDict | Everything
    FieldSelectorObject: TypeAlias = FieldRequirements | Everything
else:  # programs that use only strings and mappings do not import these modules
    LabelSelectorObject = FieldSelectorObject = object

LabelSelectorTypes: TypeAlias = str | Mapping[str, str] | LabelSelectorObject | None
"""The argument `label_selector`.

* a string in the syntax of Kubernetes, such as `"app=web,tier!=db"`
* a mapping of keys to the values that they must have
* a selector from `label()` or `parse()`
* a `LabelSelector` of any model package, or its JSON
* `EVERYTHING`
* None, which is the same as leaving out the argument

See https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors.
"""

FieldSelectorTypes: TypeAlias = str | Mapping[str, str] | FieldSelectorObject | None
"""The argument `field_selector`.

* a string in the syntax of Kubernetes, such as `"status.phase!=Running"`
* a mapping of names of fields to the values that they must have
* a selector from `field()`
* `EVERYTHING`
* None, which is the same as leaving out the argument

See https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/.
"""

_OTHER_REQUIREMENTS = "use kubex.selectors or a string for other requirements"

# A selector with a mistake must raise an error: the server reads only the first of two query parameters, and an empty
# selector selects all objects. So a wrong encoding could delete objects that the selector excludes.


def label_selector(value: object) -> str | None:
    """Return a label selector as text; raise ConfigurationError if it is invalid."""
    if value is None or isinstance(value, str):
        return _string(value, "label_selector")
    labels = _mapping(value)
    if labels is not None and not _is_label_selector_json(labels):
        return _mapping_text(labels, "label_selector", _label)
    from kubex.core._selector_objects import label_selector_text

    return label_selector_text(value)


def field_selector(value: object) -> str | None:
    """Return a field selector as text; raise ConfigurationError if it is invalid."""
    if value is None or isinstance(value, str):
        return _string(value, "field_selector")
    fields = _mapping(value)
    if fields is not None:
        return _mapping_text(fields, "field_selector", _field)
    from kubex.core._selector_objects import field_selector_text

    return field_selector_text(value)


def restricting_label_selector(value: object) -> str | None:
    """Return a label selector as text; raise ConfigurationError also for an empty one."""
    text = label_selector(value)
    # A server ignores the text after a NUL at the beginning.
    if text is not None and not text.partition("\0")[0].strip(" \t\r\n"):
        raise _empty("label_selector")
    return text


def restricting_field_selector(value: object) -> str | None:
    """Return a field selector as text; raise ConfigurationError also for an empty one."""
    text = field_selector(value)
    # A server ignores commas without a requirement, and requirements without a field and a value.
    if text is not None and not text.strip(",=!"):
        raise _empty("field_selector")
    return text


def _mapping(value: object) -> Mapping[object, object] | None:
    return cast("Mapping[object, object]", value) if isinstance(value, Mapping) else None


def _is_label_selector_json(value: Mapping[object, object]) -> bool:
    """Return whether a mapping is a `LabelSelector`, and not a mapping of keys to values."""
    # A label can have such a key, but only the fields of a LabelSelector have values that are not text.
    return any(not isinstance(value.get(name, ""), str) for name in ("matchLabels", "matchExpressions"))


def _empty(argument: str) -> ConfigurationError:
    return ConfigurationError(
        "is empty, and would select all objects: to delete all of them, pass EVERYTHING of kubex.selectors, or leave "
        "out the argument",
        field=argument,
    )


def _string(value: str | None, argument: str) -> str | None:
    if value is not None and has_lone_surrogate(value):
        raise ConfigurationError(LONE_SURROGATE, field=argument)
    return None if value is None else str.__str__(value)  # str() of an enumeration member would be its name


def _mapping_text(requirements: Mapping[object, object], argument: str, requirement: Callable[[str, str], str]) -> str:
    return ",".join(requirement(*_pair(key, value, argument)) for key, value in requirements.items())


def _pair(key: object, value: object, argument: str) -> tuple[str, str]:
    if isinstance(key, str) and isinstance(value, str):
        return str.__str__(key), str.__str__(value)
    role, part = ("value", value) if isinstance(key, str) else ("key", key)
    raise ConfigurationError(
        f"contains {key!r}: {value!r}, but the {role} must be a str, not {type(part).__name__}; {_OTHER_REQUIREMENTS}",
        field=argument,
    )


def _label(key: str, value: str) -> str:
    from kubex.core._label_syntax import label_key_problem, label_value_problem

    problem = label_key_problem(key) or label_value_problem(key, value)
    if problem is not None:
        raise ConfigurationError(f"{problem}; {_OTHER_REQUIREMENTS}", field="label_selector")
    return key + "=" + value


def _field(name: str, value: str) -> str:
    from kubex.core._field_syntax import escape_field_value, field_problem

    problem = field_problem(name, value)
    if problem is not None:
        raise ConfigurationError(f"{problem}; {_OTHER_REQUIREMENTS}", field="field_selector")
    return name + "=" + escape_field_value(value)
