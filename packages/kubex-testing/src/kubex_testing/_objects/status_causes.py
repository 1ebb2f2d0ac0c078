"""The causes in a 422 `Status`, with the messages of kube-apiserver (Go: `field.Error`)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from .json_types import JsonObject, is_array, is_object


@dataclass(frozen=True)
class StatusCause:
    """One entry of `details.causes`. `reason` is the type of the cause."""

    reason: str
    message: str
    field: str

    def to_dict(self) -> JsonObject:
        """Return the entry with its keys in the order of kube-apiserver."""
        return {"reason": self.reason, "message": self.message, "field": self.field}

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


def format_json(value: object) -> str:
    """Format a value as in error messages: JSON with sorted keys."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True)


def format_go(value: object) -> str:
    """Format a value as Go's `%v` does."""
    if is_object(value):
        return f"map[{' '.join(f'{key}:{format_go(value[key])}' for key in sorted(value))}]"
    if is_array(value):
        return f"[{' '.join(format_go(item) for item in value)}]"
    if value is None:
        return "<nil>"
    return str(value).lower() if isinstance(value, bool) else str(value)


def invalid(field: str, value: object, detail: str) -> StatusCause:
    return StatusCause("FieldValueInvalid", f"Invalid value: {format_json(value)}: {detail}", field)


def type_invalid(field: str, value: object, detail: str) -> StatusCause:
    return StatusCause("FieldValueTypeInvalid", f"Invalid value: {format_json(value)}: {detail}", field)


def required(field: str, detail: str = "") -> StatusCause:
    return StatusCause("FieldValueRequired", f"Required value: {detail}" if detail else "Required value", field)


def forbidden(field: str, detail: str) -> StatusCause:
    return StatusCause("FieldValueForbidden", f"Forbidden: {detail}", field)


def duplicate(field: str, value: object) -> StatusCause:
    return StatusCause("FieldValueDuplicate", f"Duplicate value: {format_json(value)}", field)


def not_supported(field: str, value: object, supported: Iterable[str]) -> StatusCause:
    values = ", ".join(format_json(item) for item in supported)
    return StatusCause(
        "FieldValueNotSupported", f"Unsupported value: {format_json(value)}: supported values: {values}", field
    )


def too_long(field: str, limit: int, unit: str = "bytes") -> StatusCause:
    return StatusCause("FieldValueTooLong", f"Too long: may not be more than {limit} {unit}", field)


def too_many(field: str, count: int, limit: int) -> StatusCause:
    return StatusCause("FieldValueTooMany", f"Too many: {count}: must have at most {limit} items", field)
