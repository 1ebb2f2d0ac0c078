# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class Preconditions(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#preconditions-v1-meta."""

    resource_version: str | None = None
    uid: str | None = None


class DeleteOptions(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#deleteoptions-v1-meta."""

    api_version: str | None = None
    dry_run: list[str] | None = None
    grace_period_seconds: int | None = None
    ignore_store_read_error_with_cluster_breaking_potential: bool | None = None
    kind: str | None = None
    orphan_dependents: bool | None = None
    preconditions: Preconditions | None = None
    propagation_policy: str | None = None
