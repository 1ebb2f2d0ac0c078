"""The request for a token of a service account, and its response."""

from typing import Annotated

from pydantic import Field

from kubex.models._model import Model
from kubex.models._object_meta import ObjectMeta
from kubex.models._types import NullAsEmpty, Time


class BoundObjectReference(Model):
    """The object that a token is bound to. The token is invalid after the object has been deleted."""

    api_version: str | None = None
    kind: str | None = None
    name: str | None = None
    uid: str | None = None


class TokenRequestSpec(Model):
    """The requested audiences of a token, and its lifetime in seconds.

    An empty list of audiences means the audience of the API server. The server can issue a token with another lifetime.
    """

    audiences: Annotated[list[str], NullAsEmpty] = Field(default_factory=list[str])
    expiration_seconds: int | None = None
    bound_object_ref: BoundObjectReference | None = None


class TokenRequestStatus(Model):
    """The issued token and its expiry. The token does not appear in a `repr`."""

    token: str = Field(repr=False)
    expiration_timestamp: Time | None


class TokenRequest(Model):
    """The request for a token of a service account; in the response, `status` contains the token.

    See https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/.
    """

    api_version: str = "authentication.k8s.io/v1"
    kind: str = "TokenRequest"
    metadata: ObjectMeta = Field(default_factory=ObjectMeta)
    spec: TokenRequestSpec
    status: TokenRequestStatus | None = None
