# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class ParamKind(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#paramkind-v1-admissionregistration-k8s-io.
    """

    api_version: str | None = None
    kind: str | None = None


class Variable(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#variable-v1-admissionregistration-k8s-io.
    """

    expression: str
    name: str
