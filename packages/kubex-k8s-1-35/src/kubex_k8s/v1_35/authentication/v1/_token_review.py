# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import ApiResource, ClusterCreateOnly, Model
from kubex.models.fields import Hidden

from ._user_info import UserInfo


class TokenReviewSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#tokenreviewspec-v1-authentication-k8s-io.
    """

    audiences: list[str] | None = None
    token: Annotated[str | None, Hidden] = None


class TokenReviewStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#tokenreviewstatus-v1-authentication-k8s-io.
    """

    audiences: list[str] | None = None
    authenticated: bool | None = None
    error: str | None = None
    user: UserInfo | None = None


class TokenReview(ClusterCreateOnly):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#tokenreview-v1-authentication-k8s-io."""

    __resource__ = ApiResource(group="authentication.k8s.io", version="v1", kind="TokenReview", plural="tokenreviews")

    spec: TokenReviewSpec
    status: TokenReviewStatus | None = None
