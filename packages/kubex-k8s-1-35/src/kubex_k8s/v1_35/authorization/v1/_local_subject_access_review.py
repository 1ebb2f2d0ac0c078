# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, NamespacedCreateOnly

from ._resource_attributes import SubjectAccessReviewStatus
from ._subject_access_review_spec import SubjectAccessReviewSpec


class LocalSubjectAccessReview(NamespacedCreateOnly):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#localsubjectaccessreview-v1-authorization-k8s-io.
    """

    __resource__ = ApiResource(
        group="authorization.k8s.io", version="v1", kind="LocalSubjectAccessReview", plural="localsubjectaccessreviews"
    )

    spec: SubjectAccessReviewSpec
    status: SubjectAccessReviewStatus | None = None
