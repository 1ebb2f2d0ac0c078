# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class MatchCondition(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#matchcondition-v1-admissionregistration-k8s-io.
    """

    expression: str
    name: str
