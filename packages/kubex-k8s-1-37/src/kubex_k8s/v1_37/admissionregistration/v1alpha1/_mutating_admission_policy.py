# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterResource, Model

from ._match_resources import MatchResources


class ApplyConfiguration(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#applyconfiguration-v1alpha1-admissionregistration-k8s-io.
    """

    expression: str | None = None


class JSONPatch(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#jsonpatch-v1alpha1-admissionregistration-k8s-io.
    """

    expression: str | None = None


class MatchCondition(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#matchcondition-v1alpha1-admissionregistration-k8s-io.
    """

    expression: str
    name: str


class Mutation(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#mutation-v1alpha1-admissionregistration-k8s-io.
    """

    apply_configuration: ApplyConfiguration | None = None
    json_patch: JSONPatch | None = None
    patch_type: str


class ParamKind(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#paramkind-v1alpha1-admissionregistration-k8s-io.
    """

    api_version: str | None = None
    kind: str | None = None


class Variable(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#variable-v1alpha1-admissionregistration-k8s-io.
    """

    expression: str
    name: str


class MutatingAdmissionPolicySpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#mutatingadmissionpolicyspec-v1alpha1-admissionregistration-k8s-io.
    """

    failure_policy: str | None = None
    match_conditions: list[MatchCondition] | None = None
    match_constraints: MatchResources | None = None
    mutations: list[Mutation] | None = None
    param_kind: ParamKind | None = None
    reinvocation_policy: str | None = None
    variables: list[Variable] | None = None


class MutatingAdmissionPolicy(ClusterResource):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#mutatingadmissionpolicy-v1alpha1-admissionregistration-k8s-io.
    """

    __resource__ = ApiResource(
        group="admissionregistration.k8s.io",
        version="v1alpha1",
        kind="MutatingAdmissionPolicy",
        plural="mutatingadmissionpolicies",
    )

    spec: MutatingAdmissionPolicySpec | None = None
