# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import Model
from kubex.models.fields import NullAsEmpty, json_aliases


class PolicyRule(Model, alias_generator=json_aliases(non_resource_urls="nonResourceURLs")):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#policyrule-v1-rbac-authorization-k8s-io.
    """

    api_groups: list[str] | None = None
    non_resource_urls: list[str] | None = None
    resource_names: list[str] | None = None
    resources: list[str] | None = None
    verbs: Annotated[list[str], NullAsEmpty]
