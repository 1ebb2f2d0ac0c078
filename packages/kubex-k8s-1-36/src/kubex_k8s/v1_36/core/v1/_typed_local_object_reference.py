# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class TypedLocalObjectReference(Model):
    api_group: str | None = None
    kind: str
    name: str
