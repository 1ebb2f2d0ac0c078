# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class RoleRef(Model):
    api_group: str
    kind: str
    name: str


class Subject(Model):
    api_group: str | None = None
    kind: str
    name: str
    namespace: str | None = None
