# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, Model, NamespacedResource, Time
from kubex.models.markers import HasStatus

from ._job_spec import JobSpec


class JobCondition(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#jobcondition-v1-batch."""

    last_probe_time: Time | None = None
    last_transition_time: Time | None = None
    message: str | None = None
    reason: str | None = None
    status: str
    type: str


class UncountedTerminatedPods(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#uncountedterminatedpods-v1-batch."""

    failed: list[str] | None = None
    succeeded: list[str] | None = None


class JobStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#jobstatus-v1-batch."""

    active: int | None = None
    completed_indexes: str | None = None
    completion_time: Time | None = None
    conditions: list[JobCondition] | None = None
    failed: int | None = None
    failed_indexes: str | None = None
    ready: int | None = None
    start_time: Time | None = None
    succeeded: int | None = None
    terminating: int | None = None
    uncounted_terminated_pods: UncountedTerminatedPods | None = None


class Job(NamespacedResource, HasStatus):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#job-v1-batch."""

    __resource__ = ApiResource(
        group="batch", version="v1", kind="Job", plural="jobs", subresources=frozenset({"status"})
    )

    spec: JobSpec | None = None
    status: JobStatus | None = None
