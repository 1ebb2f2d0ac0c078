# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class LabelSelectorRequirement(Model):
    key: str
    operator: str
    values: list[str] | None = None
