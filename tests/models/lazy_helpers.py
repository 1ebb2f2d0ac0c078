"""What the tests of lazy decoding share."""

from typing import TypeVar

from kubex.models import LazyModel, Model
from kubex.models._lazy.decode import decode_lazily

L = TypeVar("L", bound=LazyModel)


def lazy(model: type[L], body: bytes, what: str = "") -> L:
    """Decode an object as `Api.get` does."""
    return decode_lazily(model, body, what or model.__name__)


def not_decoded(model: Model) -> set[str]:
    """Return the names of the fields that are set and not decoded; looking decodes nothing."""
    return {name for name, value in model.__repr_args__() if name is not None and repr(value) == "..."}
