# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import ApiResource, ClusterResource, Model, Time
from kubex.models.fields import NullAsEmpty, json_aliases
from kubex.models.markers import HasStatus


class FlowDistinguisherMethod(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#flowdistinguishermethod-v1-flowcontrol-apiserver-k8s-io.
    """

    type: str


class NonResourcePolicyRule(Model, alias_generator=json_aliases(non_resource_urls="nonResourceURLs")):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#nonresourcepolicyrule-v1-flowcontrol-apiserver-k8s-io.
    """

    non_resource_urls: Annotated[list[str], NullAsEmpty]
    verbs: Annotated[list[str], NullAsEmpty]


class ResourcePolicyRule(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#resourcepolicyrule-v1-flowcontrol-apiserver-k8s-io.
    """

    api_groups: Annotated[list[str], NullAsEmpty]
    cluster_scope: bool | None = None
    namespaces: list[str] | None = None
    resources: Annotated[list[str], NullAsEmpty]
    verbs: Annotated[list[str], NullAsEmpty]


class GroupSubject(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#groupsubject-v1-flowcontrol-apiserver-k8s-io.
    """

    name: str


class ServiceAccountSubject(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#serviceaccountsubject-v1-flowcontrol-apiserver-k8s-io.
    """

    name: str
    namespace: str


class UserSubject(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#usersubject-v1-flowcontrol-apiserver-k8s-io.
    """

    name: str


class Subject(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#subject-v1-flowcontrol-apiserver-k8s-io.
    """

    group: GroupSubject | None = None
    kind: str
    service_account: ServiceAccountSubject | None = None
    user: UserSubject | None = None


class PolicyRulesWithSubjects(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#policyruleswithsubjects-v1-flowcontrol-apiserver-k8s-io.
    """

    non_resource_rules: list[NonResourcePolicyRule] | None = None
    resource_rules: list[ResourcePolicyRule] | None = None
    subjects: Annotated[list[Subject], NullAsEmpty]


class PriorityLevelConfigurationReference(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#prioritylevelconfigurationreference-v1-flowcontrol-apiserver-k8s-io.
    """

    name: str


class FlowSchemaSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#flowschemaspec-v1-flowcontrol-apiserver-k8s-io.
    """

    distinguisher_method: FlowDistinguisherMethod | None = None
    matching_precedence: int | None = None
    priority_level_configuration: PriorityLevelConfigurationReference
    rules: list[PolicyRulesWithSubjects] | None = None


class FlowSchemaCondition(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#flowschemacondition-v1-flowcontrol-apiserver-k8s-io.
    """

    last_transition_time: Time | None = None
    message: str | None = None
    reason: str | None = None
    status: str | None = None
    type: str | None = None


class FlowSchemaStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#flowschemastatus-v1-flowcontrol-apiserver-k8s-io.
    """

    conditions: list[FlowSchemaCondition] | None = None


class FlowSchema(ClusterResource, HasStatus):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#flowschema-v1-flowcontrol-apiserver-k8s-io.
    """

    __resource__ = ApiResource(
        group="flowcontrol.apiserver.k8s.io",
        version="v1",
        kind="FlowSchema",
        plural="flowschemas",
        subresources=frozenset({"status"}),
    )

    spec: FlowSchemaSpec | None = None
    status: FlowSchemaStatus | None = None
