# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class EventSource(Model):
    component: str | None = None
    host: str | None = None
