# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, Model, NamespacedResource, Time
from kubex.models.markers import HasStatus

from ...meta.v1._condition import Condition


class EvictionPodReference(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#evictionpodreference-v1alpha1-lifecycle-k8s-io.
    """

    name: str
    uid: str


class EvictionTarget(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#evictiontarget-v1alpha1-lifecycle-k8s-io.
    """

    pod: EvictionPodReference | None = None


class EvictionSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#evictionspec-v1alpha1-lifecycle-k8s-io.
    """

    target: EvictionTarget


class Requester(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#requester-v1alpha1-lifecycle-k8s-io."""

    intent: str
    name: str


class ResponderStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#responderstatus-v1alpha1-lifecycle-k8s-io.
    """

    completion_time: Time | None = None
    expected_completion_time: Time | None = None
    heartbeat_time: Time | None = None
    message: str | None = None
    name: str
    start_time: Time | None = None


class TargetResponder(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#targetresponder-v1alpha1-lifecycle-k8s-io.
    """

    name: str
    priority: int
    state: str


class EvictionStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#evictionstatus-v1alpha1-lifecycle-k8s-io.
    """

    conditions: list[Condition] | None = None
    observed_generation: int | None = None
    requesters: list[Requester] | None = None
    responders: list[ResponderStatus] | None = None
    target_responders: list[TargetResponder] | None = None


class Eviction(NamespacedResource, HasStatus):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#eviction-v1alpha1-lifecycle-k8s-io."""

    __resource__ = ApiResource(
        group="lifecycle.k8s.io",
        version="v1alpha1",
        kind="Eviction",
        plural="evictions",
        subresources=frozenset({"status"}),
    )

    spec: EvictionSpec
    status: EvictionStatus | None = None
