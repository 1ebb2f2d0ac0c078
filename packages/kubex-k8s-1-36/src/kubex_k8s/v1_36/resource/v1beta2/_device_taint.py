# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model, Time


class DeviceTaint(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#devicetaint-v1beta2-resource-k8s-io."""

    effect: str
    key: str
    time_added: Time | None = None
    value: str | None = None
