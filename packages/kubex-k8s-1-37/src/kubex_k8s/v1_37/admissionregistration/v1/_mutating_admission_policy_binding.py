# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterResource, Model

from ._match_resources import MatchResources
from ._param_ref import ParamRef


class MutatingAdmissionPolicyBindingSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#mutatingadmissionpolicybindingspec-v1-admissionregistration-k8s-io.
    """

    match_resources: MatchResources | None = None
    param_ref: ParamRef | None = None
    policy_name: str | None = None


class MutatingAdmissionPolicyBinding(ClusterResource):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#mutatingadmissionpolicybinding-v1-admissionregistration-k8s-io.
    """

    __resource__ = ApiResource(
        group="admissionregistration.k8s.io",
        version="v1",
        kind="MutatingAdmissionPolicyBinding",
        plural="mutatingadmissionpolicybindings",
    )

    spec: MutatingAdmissionPolicyBindingSpec | None = None
