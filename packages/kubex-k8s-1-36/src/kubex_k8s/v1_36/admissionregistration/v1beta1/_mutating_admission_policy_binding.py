# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterResource, Model

from ...meta.v1._label_selector import LabelSelector
from ._match_resources import MatchResources


class ParamRef(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#paramref-v1beta1-admissionregistration-k8s-io.
    """

    name: str | None = None
    namespace: str | None = None
    parameter_not_found_action: str | None = None
    selector: LabelSelector | None = None


class MutatingAdmissionPolicyBindingSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#mutatingadmissionpolicybindingspec-v1beta1-admissionregistration-k8s-io.
    """

    match_resources: MatchResources | None = None
    param_ref: ParamRef | None = None
    policy_name: str | None = None


class MutatingAdmissionPolicyBinding(ClusterResource):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#mutatingadmissionpolicybinding-v1beta1-admissionregistration-k8s-io.
    """

    __resource__ = ApiResource(
        group="admissionregistration.k8s.io",
        version="v1beta1",
        kind="MutatingAdmissionPolicyBinding",
        plural="mutatingadmissionpolicybindings",
    )

    spec: MutatingAdmissionPolicyBindingSpec | None = None
