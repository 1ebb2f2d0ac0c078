"""Metadata of objects and lists."""

from typing import TYPE_CHECKING, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticOmit
from pydantic_core.core_schema import (
    CoreSchema,
    list_schema,
    model_field,
    no_info_after_validator_function,
    typed_dict_schema,
    with_default_schema,
)

from kubex.models._model import Model
from kubex.models._types import Time
from kubex.models._unknown_fields import unknown_field

MANAGED_FIELDS = "managedFields"


def _omit(_: object) -> None:
    raise PydanticOmit


# Skips the contents of the entries, then omits the field, since an unknown field would be kept.
_ENTRIES = list_schema(typed_dict_schema({}, extra_behavior="ignore"))
_SKIPPED = with_default_schema(
    no_info_after_validator_function(_omit, _ENTRIES), default=None, validate_default=True, on_error="omit"
)


class OwnerReference(Model):
    """A reference to the object that owns this one.

    See https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/.
    """

    api_version: str
    kind: str
    name: str
    uid: str
    controller: bool | None = None
    block_owner_deletion: bool | None = None


class ObjectMeta(Model):
    """The metadata of an object.

    `managedFields` are skipped, because they are large: a replace without them leaves them on the server as they are.
    `ManagedObjectMeta` has them. An attribute that is not a field cannot be assigned.
    See https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/.
    """

    name: str | None = None
    generate_name: str | None = None
    namespace: str | None = None
    uid: str | None = None
    resource_version: str | None = None
    generation: int | None = None
    creation_timestamp: Time | None = None
    deletion_timestamp: Time | None = None
    deletion_grace_period_seconds: int | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    owner_references: list[OwnerReference] | None = None
    finalizers: list[str] | None = None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        fields: Any = handler.resolve_ref_schema(schema)
        while "fields" not in fields:
            fields = fields["schema"]
        if "managed_fields" not in fields["fields"]:
            fields["fields"].setdefault(MANAGED_FIELDS, model_field(_SKIPPED, serialization_exclude=True))
        return schema

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        found = handler(schema)
        if "managed_fields" not in cls.__pydantic_fields__:
            handler.resolve_ref_schema(found).get("properties", {}).pop(MANAGED_FIELDS, None)
        return found

    if not TYPE_CHECKING:

        def __setattr__(self, name: str, value: Any) -> None:
            if name not in type(self).__pydantic_fields__ and name not in (self.model_extra or {}):
                raise unknown_field(type(self), name)
            super().__setattr__(name, value)


class ListMeta(Model):
    """The metadata of a list: its revision, and the token of the next page if there is one."""

    resource_version: str | None = None
    continue_: str | None = None
    remaining_item_count: int | None = None
