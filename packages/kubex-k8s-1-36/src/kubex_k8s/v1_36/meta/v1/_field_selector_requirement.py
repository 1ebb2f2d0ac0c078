# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class FieldSelectorRequirement(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#fieldselectorrequirement-v1-meta."""

    key: str
    operator: str
    values: list[str] | None = None
