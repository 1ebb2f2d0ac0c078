# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class VolumeHealthCondition(Model):
    message: str | None = None
    reason: str
    status: str
