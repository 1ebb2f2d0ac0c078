# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import ApiResource, Model, NamespacedResource, Quantity
from kubex.models.fields import NullAsEmpty


class LimitRangeItem(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#limitrangeitem-v1-core."""

    default: dict[str, Quantity] | None = None
    default_request: dict[str, Quantity] | None = None
    max: dict[str, Quantity] | None = None
    max_limit_request_ratio: dict[str, Quantity] | None = None
    min: dict[str, Quantity] | None = None
    type: str


class LimitRangeSpec(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#limitrangespec-v1-core."""

    limits: Annotated[list[LimitRangeItem], NullAsEmpty]


class LimitRange(NamespacedResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#limitrange-v1-core."""

    __resource__ = ApiResource(version="v1", kind="LimitRange", plural="limitranges")

    spec: LimitRangeSpec | None = None
