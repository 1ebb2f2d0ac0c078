"""What the server answers instead of an object: `Status`."""

from typing import Annotated

from pydantic import Field

from kubex.models._model import Model
from kubex.models._object_meta import ListMeta
from kubex.models._types import NullAsEmpty


class StatusCause(Model):
    """One cause of a failure: which field, and why."""

    reason: str | None = None
    message: str | None = None
    field: str | None = None


class StatusDetails(Model):
    """What a `Status` is about."""

    name: str | None = None
    group: str | None = None
    kind: str | None = None
    uid: str | None = None
    causes: Annotated[list[StatusCause], NullAsEmpty] = Field(default_factory=list[StatusCause])
    retry_after_seconds: int | None = None


class Status(Model):
    """The outcome of a request that has no object to return.

    See https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/.
    """

    api_version: str = "v1"
    kind: str = "Status"
    metadata: ListMeta | None = None
    status: str | None = None
    message: str | None = None
    reason: str | None = None
    details: StatusDetails | None = None
    code: int | None = None
