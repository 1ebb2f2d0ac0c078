# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, MicroTime, Model, NamespacedResource


class LeaseSpec(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#leasespec-v1-coordination-k8s-io."""

    acquire_time: MicroTime | None = None
    holder_identity: str | None = None
    lease_duration_seconds: int | None = None
    lease_transitions: int | None = None
    preferred_holder: str | None = None
    renew_time: MicroTime | None = None
    strategy: str | None = None


class Lease(NamespacedResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#lease-v1-coordination-k8s-io."""

    __resource__ = ApiResource(group="coordination.k8s.io", version="v1", kind="Lease", plural="leases")

    spec: LeaseSpec | None = None
