# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model

from ._resource_attributes import NonResourceAttributes, ResourceAttributes


class SubjectAccessReviewSpec(Model):
    extra: dict[str, list[str]] | None = None
    groups: list[str] | None = None
    non_resource_attributes: NonResourceAttributes | None = None
    resource_attributes: ResourceAttributes | None = None
    uid: str | None = None
    user: str | None = None
