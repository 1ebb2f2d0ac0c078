# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model, Time


class Condition(Model):
    last_transition_time: Time
    message: str
    observed_generation: int | None = None
    reason: str
    status: str
    type: str
