# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterResource, Model, Time
from kubex.models.markers import HasStatus

from ...meta.v1._condition import Condition


class DeviceTaint(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#devicetaint-v1alpha3-resource-k8s-io."""

    effect: str
    key: str
    time_added: Time | None = None
    value: str | None = None


class DeviceTaintSelector(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#devicetaintselector-v1alpha3-resource-k8s-io.
    """

    device: str | None = None
    driver: str | None = None
    pool: str | None = None


class DeviceTaintRuleSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#devicetaintrulespec-v1alpha3-resource-k8s-io.
    """

    device_selector: DeviceTaintSelector | None = None
    taint: DeviceTaint


class DeviceTaintRuleStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#devicetaintrulestatus-v1alpha3-resource-k8s-io.
    """

    conditions: list[Condition] | None = None


class DeviceTaintRule(ClusterResource, HasStatus):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#devicetaintrule-v1alpha3-resource-k8s-io.
    """

    __resource__ = ApiResource(
        group="resource.k8s.io",
        version="v1alpha3",
        kind="DeviceTaintRule",
        plural="devicetaintrules",
        subresources=frozenset({"status"}),
    )

    spec: DeviceTaintRuleSpec
    status: DeviceTaintRuleStatus | None = None
