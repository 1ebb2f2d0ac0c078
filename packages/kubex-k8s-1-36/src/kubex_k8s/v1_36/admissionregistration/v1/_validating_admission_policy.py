# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterResource, Model
from kubex.models.markers import HasStatus

from ...meta.v1._condition import Condition
from ._match_condition import MatchCondition
from ._match_resources import MatchResources
from ._param_kind import ParamKind, Variable


class AuditAnnotation(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#auditannotation-v1-admissionregistration-k8s-io.
    """

    key: str
    value_expression: str


class ExpressionWarning(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#expressionwarning-v1-admissionregistration-k8s-io.
    """

    field_ref: str
    warning: str


class TypeChecking(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#typechecking-v1-admissionregistration-k8s-io.
    """

    expression_warnings: list[ExpressionWarning] | None = None


class Validation(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#validation-v1-admissionregistration-k8s-io.
    """

    expression: str
    message: str | None = None
    message_expression: str | None = None
    reason: str | None = None


class ValidatingAdmissionPolicySpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#validatingadmissionpolicyspec-v1-admissionregistration-k8s-io.
    """

    audit_annotations: list[AuditAnnotation] | None = None
    failure_policy: str | None = None
    match_conditions: list[MatchCondition] | None = None
    match_constraints: MatchResources | None = None
    param_kind: ParamKind | None = None
    validations: list[Validation] | None = None
    variables: list[Variable] | None = None


class ValidatingAdmissionPolicyStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#validatingadmissionpolicystatus-v1-admissionregistration-k8s-io.
    """

    conditions: list[Condition] | None = None
    observed_generation: int | None = None
    type_checking: TypeChecking | None = None


class ValidatingAdmissionPolicy(ClusterResource, HasStatus):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#validatingadmissionpolicy-v1-admissionregistration-k8s-io.
    """

    __resource__ = ApiResource(
        group="admissionregistration.k8s.io",
        version="v1",
        kind="ValidatingAdmissionPolicy",
        plural="validatingadmissionpolicies",
        subresources=frozenset({"status"}),
    )

    spec: ValidatingAdmissionPolicySpec | None = None
    status: ValidatingAdmissionPolicyStatus | None = None
