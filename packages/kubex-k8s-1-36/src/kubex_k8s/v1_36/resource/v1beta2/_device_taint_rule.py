# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterResource, Model
from kubex.models.markers import HasStatus

from ...meta.v1._condition import Condition
from ._device_taint import DeviceTaint


class DeviceTaintSelector(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#devicetaintselector-v1beta2-resource-k8s-io.
    """

    device: str | None = None
    driver: str | None = None
    pool: str | None = None


class DeviceTaintRuleSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#devicetaintrulespec-v1beta2-resource-k8s-io.
    """

    device_selector: DeviceTaintSelector | None = None
    taint: DeviceTaint


class DeviceTaintRuleStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#devicetaintrulestatus-v1beta2-resource-k8s-io.
    """

    conditions: list[Condition] | None = None


class DeviceTaintRule(ClusterResource, HasStatus):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#devicetaintrule-v1beta2-resource-k8s-io.
    """

    __resource__ = ApiResource(
        group="resource.k8s.io",
        version="v1beta2",
        kind="DeviceTaintRule",
        plural="devicetaintrules",
        subresources=frozenset({"status"}),
    )

    spec: DeviceTaintRuleSpec
    status: DeviceTaintRuleStatus | None = None
