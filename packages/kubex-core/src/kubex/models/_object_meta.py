"""The metadata of objects and lists."""

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
from kubex.models._unknown_fields import unknown_field_error

MANAGED_FIELDS = "managedFields"


def _omit(_: object) -> None:
    raise PydanticOmit


# The class must declare the field, because Pydantic would keep an unknown field. The first schema ignores the contents
# of the entries, so Pydantic does not create Python objects for them. The second one omits the value.
_ENTRIES_SCHEMA = list_schema(typed_dict_schema({}, extra_behavior="ignore"))
_OMITTED_SCHEMA = with_default_schema(
    no_info_after_validator_function(_omit, _ENTRIES_SCHEMA), default=None, validate_default=True, on_error="omit"
)


class OwnerReference(Model):
    """A reference to the owner of an object.

    `controller` is true for the owner that manages the object.
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

    `managedFields` are omitted, because they are large. A replace without them does not change them on the server. Use
    `ManagedObjectMeta` to read them. Assignment to an attribute that is not a field raises TypeError.
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
        # The schema with the fields is inside of the schema of the model, which validators of a subclass wrap.
        model_fields: Any = handler.resolve_ref_schema(schema)
        while "fields" not in model_fields:
            model_fields = model_fields["schema"]
        if "managed_fields" not in model_fields["fields"]:
            model_fields["fields"].setdefault(MANAGED_FIELDS, model_field(_OMITTED_SCHEMA, serialization_exclude=True))
        return schema

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        json_schema = handler(schema)
        if "managed_fields" not in cls.__pydantic_fields__:
            handler.resolve_ref_schema(json_schema).get("properties", {}).pop(MANAGED_FIELDS, None)
        return json_schema

    if not TYPE_CHECKING:  # a __setattr__ would make type checkers accept every attribute

        def __setattr__(self, name: str, value: Any) -> None:
            if name not in type(self).__pydantic_fields__ and name not in (self.model_extra or {}):
                raise unknown_field_error(type(self), name)
            super().__setattr__(name, value)


class ListMeta(Model):
    """The metadata of a list.

    `continue_` is the token for the next page, and None for the last page. `remaining_item_count` is the number of
    items after this page, if the server knows it.
    See https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/list-meta/.
    """

    resource_version: str | None = None
    continue_: str | None = None
    remaining_item_count: int | None = None
