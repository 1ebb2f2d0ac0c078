# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import Model, NullAsEmpty


class TopologySelectorLabelRequirement(Model):
    key: str
    values: Annotated[list[str], NullAsEmpty]


class TopologySelectorTerm(Model):
    match_label_expressions: list[TopologySelectorLabelRequirement] | None = None
