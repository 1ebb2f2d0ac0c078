"""Helper functions for the tests of lazy decoding."""

from typing import TypeVar

from kubex.models import LazyModel, Model
from kubex.models._lazy.decode import decode_lazily

L = TypeVar("L", bound=LazyModel)


def lazy_object(model: type[L], body: bytes, description: str = "") -> L:
    """Decode an object like `Api.get()`."""
    return decode_lazily(model, body, description or model.__name__)


def undecoded_fields(model: Model) -> set[str]:
    """Return the names of the fields that are set and not decoded yet; this does not decode them."""
    return {name for name, value in model.__repr_args__() if name is not None and repr(value) == "..."}
