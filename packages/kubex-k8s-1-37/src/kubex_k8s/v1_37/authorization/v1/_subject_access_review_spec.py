# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import Model
from kubex.models.fields import NullAsEmpty

from ._resource_attributes import NonResourceAttributes, ResourceAttributes


class SubjectAccessReviewSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#subjectaccessreviewspec-v1-authorization-k8s-io.
    """

    extra: dict[str, Annotated[list[str], NullAsEmpty]] | None = None
    groups: list[str] | None = None
    non_resource_attributes: NonResourceAttributes | None = None
    resource_attributes: ResourceAttributes | None = None
    uid: str | None = None
    user: str | None = None
