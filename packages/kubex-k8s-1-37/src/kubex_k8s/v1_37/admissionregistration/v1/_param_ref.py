# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model

from ...meta.v1._label_selector import LabelSelector


class ParamRef(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#paramref-v1-admissionregistration-k8s-io.
    """

    name: str | None = None
    namespace: str | None = None
    parameter_not_found_action: str | None = None
    selector: LabelSelector | None = None
