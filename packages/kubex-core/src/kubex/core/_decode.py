"""From bytes to models."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from kubex.core._errors import DecodeError

M = TypeVar("M", bound=BaseModel)

# So many problems of one answer are named, the rest is counted.
_NAMED = 3


def decode(model: type[M], data: bytes, what: str) -> M:
    """Decode JSON bytes into a model; raises DecodeError, which names fields and never shows values."""
    try:
        decoded: M = model.__pydantic_validator__.validate_json(data)
    except ValidationError as error:
        raise decode_error(error, what) from error
    return decoded


def decode_error(error: ValidationError, what: str) -> DecodeError:
    """Make the error for an answer that does not fit its model."""
    problems = [
        f"{'.'.join(str(part) for part in problem['loc']) or 'body'}: {problem['msg']}"
        for problem in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    rest = f"; and {len(problems) - _NAMED} more" if len(problems) > _NAMED else ""
    return DecodeError(what, "; ".join(problems[:_NAMED]) + rest)
