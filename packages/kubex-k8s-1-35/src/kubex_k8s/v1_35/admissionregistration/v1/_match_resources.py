# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model

from ...meta.v1._label_selector import LabelSelector


class NamedRuleWithOperations(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#namedrulewithoperations-v1-admissionregistration-k8s-io.
    """

    api_groups: list[str] | None = None
    api_versions: list[str] | None = None
    operations: list[str] | None = None
    resource_names: list[str] | None = None
    resources: list[str] | None = None
    scope: str | None = None


class MatchResources(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#matchresources-v1-admissionregistration-k8s-io.
    """

    exclude_resource_rules: list[NamedRuleWithOperations] | None = None
    match_policy: str | None = None
    namespace_selector: LabelSelector | None = None
    object_selector: LabelSelector | None = None
    resource_rules: list[NamedRuleWithOperations] | None = None
