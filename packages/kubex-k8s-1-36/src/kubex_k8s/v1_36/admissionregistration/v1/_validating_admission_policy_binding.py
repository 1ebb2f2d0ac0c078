# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import ApiResource, ClusterResource, Model
from kubex.models.fields import NullAsEmpty

from ._match_resources import MatchResources
from ._param_ref import ParamRef


class ValidatingAdmissionPolicyBindingSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#validatingadmissionpolicybindingspec-v1-admissionregistration-k8s-io.
    """

    match_resources: MatchResources | None = None
    param_ref: ParamRef | None = None
    policy_name: str
    validation_actions: Annotated[list[str], NullAsEmpty]


class ValidatingAdmissionPolicyBinding(ClusterResource):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#validatingadmissionpolicybinding-v1-admissionregistration-k8s-io.
    """

    __resource__ = ApiResource(
        group="admissionregistration.k8s.io",
        version="v1",
        kind="ValidatingAdmissionPolicyBinding",
        plural="validatingadmissionpolicybindings",
    )

    spec: ValidatingAdmissionPolicyBindingSpec
