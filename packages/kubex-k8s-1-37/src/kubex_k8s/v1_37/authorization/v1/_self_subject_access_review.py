# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterCreateOnly, Model

from ._resource_attributes import NonResourceAttributes, ResourceAttributes, SubjectAccessReviewStatus


class SelfSubjectAccessReviewSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#selfsubjectaccessreviewspec-v1-authorization-k8s-io.
    """

    non_resource_attributes: NonResourceAttributes | None = None
    resource_attributes: ResourceAttributes | None = None


class SelfSubjectAccessReview(ClusterCreateOnly):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#selfsubjectaccessreview-v1-authorization-k8s-io.
    """

    __resource__ = ApiResource(
        group="authorization.k8s.io", version="v1", kind="SelfSubjectAccessReview", plural="selfsubjectaccessreviews"
    )

    spec: SelfSubjectAccessReviewSpec
    status: SubjectAccessReviewStatus | None = None
