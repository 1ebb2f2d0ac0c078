"""The `Status` that the server returns for errors and for some deletes."""

from typing import Annotated

from pydantic import Field

from kubex.models._model import Model
from kubex.models._object_meta import ListMeta
from kubex.models._types import NullAsEmpty


class StatusCause(Model):
    """One cause of a failure. `field` is the path of the invalid field, such as `spec.replicas`."""

    reason: str | None = None
    message: str | None = None
    field: str | None = None


class StatusDetails(Model):
    """The object that a `Status` refers to, and the causes of the failure.

    `kind` can be the plural of the resource. `retry_after_seconds` is the time to wait before the next attempt.
    """

    name: str | None = None
    group: str | None = None
    kind: str | None = None
    uid: str | None = None
    causes: Annotated[list[StatusCause], NullAsEmpty] = Field(default_factory=list[StatusCause])
    retry_after_seconds: int | None = None


class Status(Model):
    """The result of a request that does not return an object.

    `status` is `Success` or `Failure`. `code` is the HTTP status code. `reason` is a machine-readable word such as
    `NotFound`.
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
