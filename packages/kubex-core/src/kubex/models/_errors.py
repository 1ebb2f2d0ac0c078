"""The base of all exceptions, and the one that models raise themselves."""

from dataclasses import dataclass, fields
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)

# So many problems of one answer are named, the rest is counted.
_NAMED = 3


@dataclass(eq=False, repr=False)
class KubexError(Exception):
    """The base of every exception of kubex.

    Subclasses are dataclasses and build their text from their fields in `__str__`, so each of them pickles.
    """

    def __str__(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        field_values = {field.name: getattr(self, field.name) for field in fields(self)}
        others = {name: value for name, value in self.__dict__.items() if name not in field_values}
        return rebuild, (type(self), field_values), others or None


def rebuild(error: type[KubexError], field_values: dict[str, Any]) -> KubexError:
    """Make an exception again from its fields, for pickle."""
    return error(**field_values)


@dataclass(eq=False, repr=False)
class DecodeError(KubexError, ValueError):
    """A response is not what was expected, or does not fit its model; the cause is chained.

    `method` and `path` are those of the request. They are None for a part that is decoded after the call.
    """

    what: str
    problem: str
    method: str | None = None
    path: str | None = None

    def __str__(self) -> str:
        where = f" ({self.method} {self.path})" if self.method else ""
        return f"cannot decode {self.what}: {self.problem}{where}"


def decode(model: type[M], data: bytes, what: str) -> M:
    """Decode JSON bytes into a model; raises DecodeError, which names fields and never shows field_values."""
    try:
        decoded: M = model.__pydantic_validator__.validate_json(data)
    except ValidationError as error:
        raise decode_error(error, what) from error
    return decoded


def decode_error(error: ValidationError, what: str, path: str = "") -> DecodeError:
    """Make the error for an answer that does not fit its model; a path that is not empty ends with a dot."""
    problems = [
        f"{(path + '.'.join(str(part) for part in problem['loc'])).removesuffix('.') or 'body'}: {problem['msg']}"
        for problem in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    rest = f"; and {len(problems) - _NAMED} more" if len(problems) > _NAMED else ""
    return DecodeError(what, "; ".join(problems[:_NAMED]) + rest)
