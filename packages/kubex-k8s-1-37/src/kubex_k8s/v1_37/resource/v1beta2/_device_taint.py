# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model, Time


class DeviceTaint(Model):
    effect: str
    key: str
    time_added: Time | None = None
    value: str | None = None
