# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class WorkloadReference(Model):
    template_name: str
    workload_name: str
