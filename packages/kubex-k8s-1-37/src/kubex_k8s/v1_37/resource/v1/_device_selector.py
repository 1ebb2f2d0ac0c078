# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated, Any

from kubex.models import Model
from kubex.models.fields import NullAsEmptyDict


class CELDeviceSelector(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#celdeviceselector-v1-resource-k8s-io."""

    expression: str


class DeviceSelector(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#deviceselector-v1-resource-k8s-io."""

    cel: CELDeviceSelector | None = None


class OpaqueDeviceConfiguration(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#opaquedeviceconfiguration-v1-resource-k8s-io.
    """

    driver: str
    parameters: Annotated[dict[str, Any], NullAsEmptyDict]
