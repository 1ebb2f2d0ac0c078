# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, Model, NamespacedResource
from kubex.models.markers import HasStatus

from ...meta.v1._condition import Condition


class EvictionRequestPodReference(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#evictionrequestpodreference-v1alpha1-lifecycle-k8s-io.
    """

    name: str
    uid: str


class EvictionRequestTarget(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#evictionrequesttarget-v1alpha1-lifecycle-k8s-io.
    """

    pod: EvictionRequestPodReference | None = None


class EvictionRequestSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#evictionrequestspec-v1alpha1-lifecycle-k8s-io.
    """

    intent: str
    requester: str
    target: EvictionRequestTarget


class EvictionRequestStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#evictionrequeststatus-v1alpha1-lifecycle-k8s-io.
    """

    conditions: list[Condition] | None = None
    observed_generation: int | None = None


class EvictionRequest(NamespacedResource, HasStatus):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#evictionrequest-v1alpha1-lifecycle-k8s-io.
    """

    __resource__ = ApiResource(
        group="lifecycle.k8s.io",
        version="v1alpha1",
        kind="EvictionRequest",
        plural="evictionrequests",
        subresources=frozenset({"status"}),
    )

    spec: EvictionRequestSpec
    status: EvictionRequestStatus | None = None
