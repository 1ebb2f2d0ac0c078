# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import ClusterResource, HasStatus, Model, NullAsEmpty, ResourceFacts, Time, wire_names


class FlowDistinguisherMethod(Model):
    type: str


class NonResourcePolicyRule(Model, alias_generator=wire_names(non_resource_urls="nonResourceURLs")):
    non_resource_urls: Annotated[list[str], NullAsEmpty]
    verbs: Annotated[list[str], NullAsEmpty]


class ResourcePolicyRule(Model):
    api_groups: Annotated[list[str], NullAsEmpty]
    cluster_scope: bool | None = None
    namespaces: list[str] | None = None
    resources: Annotated[list[str], NullAsEmpty]
    verbs: Annotated[list[str], NullAsEmpty]


class GroupSubject(Model):
    name: str


class ServiceAccountSubject(Model):
    name: str
    namespace: str


class UserSubject(Model):
    name: str


class Subject(Model):
    group: GroupSubject | None = None
    kind: str
    service_account: ServiceAccountSubject | None = None
    user: UserSubject | None = None


class PolicyRulesWithSubjects(Model):
    non_resource_rules: list[NonResourcePolicyRule] | None = None
    resource_rules: list[ResourcePolicyRule] | None = None
    subjects: Annotated[list[Subject], NullAsEmpty]


class PriorityLevelConfigurationReference(Model):
    name: str


class FlowSchemaSpec(Model):
    distinguisher_method: FlowDistinguisherMethod | None = None
    matching_precedence: int | None = None
    priority_level_configuration: PriorityLevelConfigurationReference
    rules: list[PolicyRulesWithSubjects] | None = None


class FlowSchemaCondition(Model):
    last_transition_time: Time | None = None
    message: str | None = None
    reason: str | None = None
    status: str | None = None
    type: str | None = None


class FlowSchemaStatus(Model):
    conditions: list[FlowSchemaCondition] | None = None


class FlowSchema(ClusterResource, HasStatus):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#flowschema-v1-flowcontrol-apiserver-k8s-io.
    """

    __resource__ = ResourceFacts(
        group="flowcontrol.apiserver.k8s.io",
        version="v1",
        kind="FlowSchema",
        plural="flowschemas",
        subresources=frozenset({"status"}),
    )

    spec: FlowSchemaSpec | None = None
    status: FlowSchemaStatus | None = None
