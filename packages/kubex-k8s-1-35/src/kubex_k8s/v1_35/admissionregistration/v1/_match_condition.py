# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class MatchCondition(Model):
    expression: str
    name: str
