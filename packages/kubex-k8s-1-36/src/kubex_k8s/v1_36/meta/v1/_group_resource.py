# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class GroupResource(Model):
    group: str
    resource: str
