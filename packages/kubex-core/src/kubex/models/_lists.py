"""A list of objects as the server returns it."""

from typing import Annotated, Generic, TypeVar

from pydantic import Field

from kubex.models._meta import ListMeta
from kubex.models._model import Model
from kubex.models._resource import Resource
from kubex.models._values import NullAsEmpty

T = TypeVar("T", bound=Resource)


class ResourceList(Model, Generic[T]):
    """Objects of one kind and the revision at which they were read.

    See https://kubernetes.io/docs/reference/using-api/api-concepts/#collections.
    """

    api_version: str | None = None
    kind: str | None = None
    metadata: ListMeta = Field(default_factory=ListMeta)
    items: Annotated[list[T], NullAsEmpty]

    @property
    def resource_version(self) -> str | None:
        """The revision of the list: a watch from here misses nothing."""
        return self.metadata.resource_version
