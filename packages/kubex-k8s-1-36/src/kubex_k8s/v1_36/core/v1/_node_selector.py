# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import Model
from kubex.models.fields import NullAsEmpty


class NodeSelectorRequirement(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#nodeselectorrequirement-v1-core."""

    key: str
    operator: str
    values: list[str] | None = None


class NodeSelectorTerm(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#nodeselectorterm-v1-core."""

    match_expressions: list[NodeSelectorRequirement] | None = None
    match_fields: list[NodeSelectorRequirement] | None = None


class NodeSelector(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#nodeselector-v1-core."""

    node_selector_terms: Annotated[list[NodeSelectorTerm], NullAsEmpty]
