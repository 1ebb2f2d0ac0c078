# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterCreateOnly, Model

from ._user_info import UserInfo


class SelfSubjectReviewStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#selfsubjectreviewstatus-v1-authentication-k8s-io.
    """

    user_info: UserInfo | None = None


class SelfSubjectReview(ClusterCreateOnly):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#selfsubjectreview-v1-authentication-k8s-io.
    """

    __resource__ = ApiResource(
        group="authentication.k8s.io", version="v1", kind="SelfSubjectReview", plural="selfsubjectreviews"
    )

    status: SelfSubjectReviewStatus | None = None
