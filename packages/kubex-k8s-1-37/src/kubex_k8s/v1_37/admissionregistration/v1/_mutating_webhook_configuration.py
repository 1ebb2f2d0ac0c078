# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import ApiResource, ClusterResource, Model
from kubex.models.fields import NullAsEmpty

from ...meta.v1._label_selector import LabelSelector
from ._match_condition import MatchCondition
from ._webhook_client_config import RuleWithOperations, WebhookClientConfig


class MutatingWebhook(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#mutatingwebhook-v1-admissionregistration-k8s-io.
    """

    admission_review_versions: Annotated[list[str], NullAsEmpty]
    client_config: WebhookClientConfig
    failure_policy: str | None = None
    match_conditions: list[MatchCondition] | None = None
    match_policy: str | None = None
    name: str
    namespace_selector: LabelSelector | None = None
    object_selector: LabelSelector | None = None
    reinvocation_policy: str | None = None
    rules: list[RuleWithOperations] | None = None
    side_effects: str
    timeout_seconds: int | None = None


class MutatingWebhookConfiguration(ClusterResource):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#mutatingwebhookconfiguration-v1-admissionregistration-k8s-io.
    """

    __resource__ = ApiResource(
        group="admissionregistration.k8s.io",
        version="v1",
        kind="MutatingWebhookConfiguration",
        plural="mutatingwebhookconfigurations",
    )

    webhooks: list[MutatingWebhook] | None = None
