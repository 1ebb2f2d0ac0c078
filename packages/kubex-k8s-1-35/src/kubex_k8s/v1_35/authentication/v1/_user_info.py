# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import Model
from kubex.models.fields import NullAsEmpty


class UserInfo(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#userinfo-v1-authentication-k8s-io."""

    extra: dict[str, Annotated[list[str], NullAsEmpty]] | None = None
    groups: list[str] | None = None
    uid: str | None = None
    username: str | None = None
