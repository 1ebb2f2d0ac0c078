# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of batch/v1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._cron_job import CronJob, CronJobSpec, CronJobStatus, JobTemplateSpec
    from ._job import Job, JobCondition, JobStatus, UncountedTerminatedPods
    from ._job_spec import (
        JobSchedulingConfiguration,
        JobSpec,
        PodFailurePolicy,
        PodFailurePolicyOnExitCodesRequirement,
        PodFailurePolicyOnPodConditionsPattern,
        PodFailurePolicyRule,
        SuccessPolicy,
        SuccessPolicyRule,
    )
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "CronJob": "_cron_job",
            "CronJobSpec": "_cron_job",
            "CronJobStatus": "_cron_job",
            "Job": "_job",
            "JobCondition": "_job",
            "JobSchedulingConfiguration": "_job_spec",
            "JobSpec": "_job_spec",
            "JobStatus": "_job",
            "JobTemplateSpec": "_cron_job",
            "PodFailurePolicy": "_job_spec",
            "PodFailurePolicyOnExitCodesRequirement": "_job_spec",
            "PodFailurePolicyOnPodConditionsPattern": "_job_spec",
            "PodFailurePolicyRule": "_job_spec",
            "SuccessPolicy": "_job_spec",
            "SuccessPolicyRule": "_job_spec",
            "UncountedTerminatedPods": "_job",
        },
    )

__all__ = [
    "CronJob",
    "CronJobSpec",
    "CronJobStatus",
    "Job",
    "JobCondition",
    "JobSchedulingConfiguration",
    "JobSpec",
    "JobStatus",
    "JobTemplateSpec",
    "PodFailurePolicy",
    "PodFailurePolicyOnExitCodesRequirement",
    "PodFailurePolicyOnPodConditionsPattern",
    "PodFailurePolicyRule",
    "SuccessPolicy",
    "SuccessPolicyRule",
    "UncountedTerminatedPods",
]
