# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, LazyModel, Model, NamespacedResource, ObjectMeta, Time
from kubex.models.markers import HasStatus

from ...core.v1._object_reference import ObjectReference
from ._job_spec import JobSpec


class JobTemplateSpec(LazyModel):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#jobtemplatespec-v1-batch."""

    metadata: ObjectMeta | None = None
    spec: JobSpec | None = None


class CronJobSpec(LazyModel):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#cronjobspec-v1-batch."""

    concurrency_policy: str | None = None
    failed_jobs_history_limit: int | None = None
    job_template: JobTemplateSpec
    schedule: str
    starting_deadline_seconds: int | None = None
    successful_jobs_history_limit: int | None = None
    suspend: bool | None = None
    time_zone: str | None = None


class CronJobStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#cronjobstatus-v1-batch."""

    active: list[ObjectReference] | None = None
    last_schedule_time: Time | None = None
    last_successful_time: Time | None = None


class CronJob(NamespacedResource, HasStatus):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#cronjob-v1-batch."""

    __resource__ = ApiResource(
        group="batch", version="v1", kind="CronJob", plural="cronjobs", subresources=frozenset({"status"})
    )

    spec: CronJobSpec | None = None
    status: CronJobStatus | None = None
