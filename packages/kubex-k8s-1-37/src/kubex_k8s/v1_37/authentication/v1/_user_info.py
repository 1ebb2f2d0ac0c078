# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class UserInfo(Model):
    extra: dict[str, list[str]] | None = None
    groups: list[str] | None = None
    uid: str | None = None
    username: str | None = None
