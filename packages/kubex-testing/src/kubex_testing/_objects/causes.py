"""What is wrong with an object: the causes of a 422 `Status`, worded as the server words them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from .json_types import JsonObject, is_array, is_object


@dataclass(frozen=True)
class Cause:
    """One entry of `details.causes`; `reason` is the server's cause type."""

    reason: str
    message: str
    field: str

    def as_dict(self) -> JsonObject:
        """Return the entry in the key order of the wire."""
        return {"reason": self.reason, "message": self.message, "field": self.field}

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


def shown(value: object) -> str:
    """Render a value as error messages show it: JSON, keys sorted."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True)


def go_text(value: object) -> str:
    """Render a value as Go's `%v` does."""
    if is_object(value):
        return f"map[{' '.join(f'{key}:{go_text(value[key])}' for key in sorted(value))}]"
    if is_array(value):
        return f"[{' '.join(go_text(item) for item in value)}]"
    if value is None:
        return "<nil>"
    return str(value).lower() if isinstance(value, bool) else str(value)


def invalid(field: str, value: object, detail: str) -> Cause:
    return Cause("FieldValueInvalid", f"Invalid value: {shown(value)}: {detail}", field)


def type_invalid(field: str, value: object, detail: str) -> Cause:
    return Cause("FieldValueTypeInvalid", f"Invalid value: {shown(value)}: {detail}", field)


def required(field: str, detail: str = "") -> Cause:
    return Cause("FieldValueRequired", f"Required value: {detail}" if detail else "Required value", field)


def forbidden(field: str, detail: str) -> Cause:
    return Cause("FieldValueForbidden", f"Forbidden: {detail}", field)


def duplicate(field: str, value: object) -> Cause:
    return Cause("FieldValueDuplicate", f"Duplicate value: {shown(value)}", field)


def not_supported(field: str, value: object, supported: Iterable[str]) -> Cause:
    values = ", ".join(shown(item) for item in supported)
    return Cause("FieldValueNotSupported", f"Unsupported value: {shown(value)}: supported values: {values}", field)


def too_long(field: str, limit: int, unit: str = "bytes") -> Cause:
    return Cause("FieldValueTooLong", f"Too long: may not be more than {limit} {unit}", field)


def too_many(field: str, count: int, limit: int) -> Cause:
    return Cause("FieldValueTooMany", f"Too many: {count}: must have at most {limit} items", field)
