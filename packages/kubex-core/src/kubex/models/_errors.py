"""The base class of all exceptions, and the exception for data that does not fit its model."""

from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)

# The message of a DecodeError lists this number of problems and counts the others.
_MAX_PROBLEMS = 3


@dataclass(eq=False, repr=False)
class KubexError(Exception):
    """The base class of every exception that Kubex raises.

    Subclasses are dataclasses. They build their message from their fields in `__str__`, so all of them can be pickled.
    """

    def __str__(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        # BaseException pickles `args`, which are empty if the fields were passed as keywords.
        field_values = {each.name: getattr(self, each.name) for each in fields(self)}
        others = {name: value for name, value in self.__dict__.items() if name not in field_values}
        return create_error, (type(self), field_values), others or None


def create_error(error: type[KubexError], field_values: dict[str, Any]) -> KubexError:
    """Create an exception from its fields; used by pickle."""
    return error(**field_values)


@dataclass(eq=False, repr=False)
class DecodeError(KubexError, ValueError):
    """A response or a field of an object does not have the expected form. The cause is chained.

    `description` identifies the data, such as `Pod default/web`. `problem` names the field. `method` and `path` are
    those of the request; they are None if a field is decoded after the call has returned. `not_from_server` is True if
    the response is empty or not a JSON object, such as the web page of a load balancer.
    """

    description: str
    problem: str
    method: str | None = None
    path: str | None = None
    not_from_server: bool = field(default=False, kw_only=True)

    def __str__(self) -> str:
        request = f" ({self.method} {self.path})" if self.method else ""
        return f"cannot decode {self.description}: {self.problem}{request}"


def decode(model: type[M], data: bytes, description: str) -> M:
    """Decode JSON into a model; raise DecodeError, which names the invalid fields but does not contain their values."""
    try:
        decoded: M = model.__pydantic_validator__.validate_json(data)
    except ValidationError as error:
        raise decode_error(error, description) from error
    return decoded


def decode_error(error: ValidationError, description: str, path: str = "") -> DecodeError:
    """Create the DecodeError for a validation error; `path` is a prefix of field names and ends with a dot."""
    # The input can be secret, so the problems must not include it.
    problems = [
        f"{(path + '.'.join(str(part) for part in problem['loc'])).removesuffix('.') or 'body'}: {problem['msg']}"
        for problem in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    rest = f"; and {len(problems) - _MAX_PROBLEMS} more" if len(problems) > _MAX_PROBLEMS else ""
    return DecodeError(description, "; ".join(problems[:_MAX_PROBLEMS]) + rest)
