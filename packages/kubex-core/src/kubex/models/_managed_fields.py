"""Object metadata that includes `managedFields`."""

from kubex.models._model import Model
from kubex.models._object_meta import ObjectMeta
from kubex.models._types import Time


class ManagedFieldsEntry(Model):
    """The fields that one field manager owns.

    * `manager` is the `field_manager` of the request.
    * `operation` is `Apply` for a server-side apply, and `Update` for all other writes.
    * `api_version` is the version in which the fields are described.
    * `fields_v1` is a tree of field names, such as `{"f:spec": {"f:replicas": {}}}`. `fields_type` is its format.
    * `subresource` is the subresource of the request, such as `status`.

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
    """Object metadata with `managedFields`, which `ObjectMeta` omits.

    Reading them makes decoding about a fifth slower.

    Example:
        from pydantic import Field

        class ManagedConfigMap(ConfigMap):
            metadata: ManagedObjectMeta = Field(  # pyright: ignore[reportIncompatibleVariableOverride]
                default_factory=ManagedObjectMeta
            )

        settings = await Api(ManagedConfigMap, client, namespace="default").get("settings")
        for entry in settings.metadata.managed_fields or ():
            print(entry.manager, entry.operation)
    """

    managed_fields: list[ManagedFieldsEntry] | None = None
