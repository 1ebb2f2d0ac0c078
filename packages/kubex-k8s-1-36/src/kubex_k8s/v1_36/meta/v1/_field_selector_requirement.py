# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class FieldSelectorRequirement(Model):
    key: str
    operator: str
    values: list[str] | None = None
