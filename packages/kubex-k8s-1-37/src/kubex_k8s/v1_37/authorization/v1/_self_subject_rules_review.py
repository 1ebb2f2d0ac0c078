# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import ApiResource, ClusterCreateOnly, Model
from kubex.models.fields import NullAsEmpty, json_aliases


class NonResourceRule(Model, alias_generator=json_aliases(non_resource_urls="nonResourceURLs")):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#nonresourcerule-v1-authorization-k8s-io.
    """

    non_resource_urls: list[str] | None = None
    verbs: Annotated[list[str], NullAsEmpty]


class ResourceRule(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#resourcerule-v1-authorization-k8s-io."""

    api_groups: list[str] | None = None
    resource_names: list[str] | None = None
    resources: list[str] | None = None
    verbs: Annotated[list[str], NullAsEmpty]


class SelfSubjectRulesReviewSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#selfsubjectrulesreviewspec-v1-authorization-k8s-io.
    """

    namespace: str | None = None


class SubjectRulesReviewStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#subjectrulesreviewstatus-v1-authorization-k8s-io.
    """

    evaluation_error: str | None = None
    incomplete: bool
    non_resource_rules: Annotated[list[NonResourceRule], NullAsEmpty]
    resource_rules: Annotated[list[ResourceRule], NullAsEmpty]


class SelfSubjectRulesReview(ClusterCreateOnly):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#selfsubjectrulesreview-v1-authorization-k8s-io.
    """

    __resource__ = ApiResource(
        group="authorization.k8s.io", version="v1", kind="SelfSubjectRulesReview", plural="selfsubjectrulesreviews"
    )

    spec: SelfSubjectRulesReviewSpec
    status: SubjectRulesReviewStatus | None = None
