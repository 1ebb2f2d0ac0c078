"""Tokens of service accounts, as the server issues them on request."""

from typing import Annotated

from pydantic import Field

from kubex.models._model import Model
from kubex.models._object_meta import ObjectMeta
from kubex.models._types import NullAsEmpty, Time


class BoundObjectReference(Model):
    """The object that a token is bound to: it is void once that is deleted."""

    api_version: str | None = None
    kind: str | None = None
    name: str | None = None
    uid: str | None = None


class TokenRequestSpec(Model):
    """What is asked for: for whom the token is, and for how many seconds it shall be good."""

    audiences: Annotated[list[str], NullAsEmpty] = Field(default_factory=list[str])
    expiration_seconds: int | None = None
    bound_object_ref: BoundObjectReference | None = None


class TokenRequestStatus(Model):
    """What was issued. The token does not show in a repr."""

    token: str = Field(repr=False)
    expiration_timestamp: Time | None


class TokenRequest(Model):
    """A request for a token of a service account, and its answer.

    See https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/.
    """

    api_version: str = "authentication.k8s.io/v1"
    kind: str = "TokenRequest"
    metadata: ObjectMeta = Field(default_factory=ObjectMeta)
    spec: TokenRequestSpec
    status: TokenRequestStatus | None = None
