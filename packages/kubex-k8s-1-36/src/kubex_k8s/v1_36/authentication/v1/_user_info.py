# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class UserInfo(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#userinfo-v1-authentication-k8s-io."""

    extra: dict[str, list[str]] | None = None
    groups: list[str] | None = None
    uid: str | None = None
    username: str | None = None
