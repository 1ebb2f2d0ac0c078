# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import Model
from kubex.models.fields import NullAsEmpty


class TopologySelectorLabelRequirement(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#topologyselectorlabelrequirement-v1-core.
    """

    key: str
    values: Annotated[list[str], NullAsEmpty]


class TopologySelectorTerm(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#topologyselectorterm-v1-core."""

    match_label_expressions: list[TopologySelectorLabelRequirement] | None = None
