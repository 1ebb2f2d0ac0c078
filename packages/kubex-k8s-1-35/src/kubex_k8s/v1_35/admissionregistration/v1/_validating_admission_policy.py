# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ClusterResource, HasStatus, Model, ResourceFacts

from ...meta.v1._condition import Condition
from ._match_condition import MatchCondition
from ._match_resources import MatchResources


class AuditAnnotation(Model):
    key: str
    value_expression: str


class ExpressionWarning(Model):
    field_ref: str
    warning: str


class ParamKind(Model):
    api_version: str | None = None
    kind: str | None = None


class TypeChecking(Model):
    expression_warnings: list[ExpressionWarning] | None = None


class Validation(Model):
    expression: str
    message: str | None = None
    message_expression: str | None = None
    reason: str | None = None


class Variable(Model):
    expression: str
    name: str


class ValidatingAdmissionPolicySpec(Model):
    audit_annotations: list[AuditAnnotation] | None = None
    failure_policy: str | None = None
    match_conditions: list[MatchCondition] | None = None
    match_constraints: MatchResources | None = None
    param_kind: ParamKind | None = None
    validations: list[Validation] | None = None
    variables: list[Variable] | None = None


class ValidatingAdmissionPolicyStatus(Model):
    conditions: list[Condition] | None = None
    observed_generation: int | None = None
    type_checking: TypeChecking | None = None


class ValidatingAdmissionPolicy(ClusterResource, HasStatus):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#validatingadmissionpolicy-v1-admissionregistration-k8s-io.
    """

    __resource__ = ResourceFacts(
        group="admissionregistration.k8s.io",
        version="v1",
        kind="ValidatingAdmissionPolicy",
        plural="validatingadmissionpolicies",
        subresources=frozenset({"status"}),
    )

    spec: ValidatingAdmissionPolicySpec | None = None
    status: ValidatingAdmissionPolicyStatus | None = None
