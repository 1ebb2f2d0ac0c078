# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class ParamKind(Model):
    api_version: str | None = None
    kind: str | None = None


class Variable(Model):
    expression: str
    name: str
