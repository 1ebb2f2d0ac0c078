# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import LazyModel, Model
from kubex.models.fields import NullAsEmpty

from ...core.v1._pod_template_spec import PodTemplateSpec
from ...meta.v1._label_selector import LabelSelector


class PodFailurePolicyOnExitCodesRequirement(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#podfailurepolicyonexitcodesrequirement-v1-batch.
    """

    container_name: str | None = None
    operator: str
    values: Annotated[list[int], NullAsEmpty]


class PodFailurePolicyOnPodConditionsPattern(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#podfailurepolicyonpodconditionspattern-v1-batch.
    """

    status: str | None = None
    type: str


class PodFailurePolicyRule(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#podfailurepolicyrule-v1-batch."""

    action: str
    on_exit_codes: PodFailurePolicyOnExitCodesRequirement | None = None
    on_pod_conditions: list[PodFailurePolicyOnPodConditionsPattern] | None = None


class PodFailurePolicy(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#podfailurepolicy-v1-batch."""

    rules: Annotated[list[PodFailurePolicyRule], NullAsEmpty]


class SuccessPolicyRule(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#successpolicyrule-v1-batch."""

    succeeded_count: int | None = None
    succeeded_indexes: str | None = None


class SuccessPolicy(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#successpolicy-v1-batch."""

    rules: Annotated[list[SuccessPolicyRule], NullAsEmpty]


class JobSpec(LazyModel):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#jobspec-v1-batch."""

    active_deadline_seconds: int | None = None
    backoff_limit: int | None = None
    backoff_limit_per_index: int | None = None
    completion_mode: str | None = None
    completions: int | None = None
    managed_by: str | None = None
    manual_selector: bool | None = None
    max_failed_indexes: int | None = None
    parallelism: int | None = None
    pod_failure_policy: PodFailurePolicy | None = None
    pod_replacement_policy: str | None = None
    selector: LabelSelector | None = None
    success_policy: SuccessPolicy | None = None
    suspend: bool | None = None
    template: PodTemplateSpec
    ttl_seconds_after_finished: int | None = None
