# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model

from ._label_selector_requirement import LabelSelectorRequirement


class LabelSelector(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#labelselector-v1-meta."""

    match_expressions: list[LabelSelectorRequirement] | None = None
    match_labels: dict[str, str] | None = None
