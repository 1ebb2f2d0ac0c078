"""Metadata with `managedFields`."""

from kubex.models._model import Model
from kubex.models._object_meta import ObjectMeta
from kubex.models._types import Time


class ManagedFieldsEntry(Model):
    """Which fields one manager owns.

    See https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management.
    """

    manager: str | None = None
    operation: str | None = None
    api_version: str | None = None
    time: Time | None = None
    fields_type: str | None = None
    fields_v1: dict[str, object] | None = None
    subresource: str | None = None


class ManagedObjectMeta(ObjectMeta):
    """Metadata with `managedFields`, which cost about a fifth of decoding."""

    managed_fields: list[ManagedFieldsEntry] | None = None
