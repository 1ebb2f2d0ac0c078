# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterCreateOnly

from ._resource_attributes import SubjectAccessReviewStatus
from ._subject_access_review_spec import SubjectAccessReviewSpec


class SubjectAccessReview(ClusterCreateOnly):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#subjectaccessreview-v1-authorization-k8s-io.
    """

    __resource__ = ApiResource(
        group="authorization.k8s.io", version="v1", kind="SubjectAccessReview", plural="subjectaccessreviews"
    )

    spec: SubjectAccessReviewSpec
    status: SubjectAccessReviewStatus | None = None
