# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class WorkloadReference(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#workloadreference-v1alpha3-scheduling-k8s-io.
    """

    template_name: str
    workload_name: str
