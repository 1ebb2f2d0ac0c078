# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, MicroTime, Model, NamespacedResource


class LeaseCandidateSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#leasecandidatespec-v1beta1-coordination-k8s-io.
    """

    binary_version: str
    emulation_version: str | None = None
    lease_name: str
    ping_time: MicroTime | None = None
    renew_time: MicroTime | None = None
    strategy: str


class LeaseCandidate(NamespacedResource):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#leasecandidate-v1beta1-coordination-k8s-io.
    """

    __resource__ = ApiResource(
        group="coordination.k8s.io", version="v1beta1", kind="LeaseCandidate", plural="leasecandidates"
    )

    spec: LeaseCandidateSpec
