# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import Model, NullAsEmpty


class NodeSelectorRequirement(Model):
    key: str
    operator: str
    values: list[str] | None = None


class NodeSelectorTerm(Model):
    match_expressions: list[NodeSelectorRequirement] | None = None
    match_fields: list[NodeSelectorRequirement] | None = None


class NodeSelector(Model):
    node_selector_terms: Annotated[list[NodeSelectorTerm], NullAsEmpty]
