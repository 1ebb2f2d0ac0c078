# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model

from ...meta.v1._field_selector_requirement import FieldSelectorRequirement
from ...meta.v1._label_selector_requirement import LabelSelectorRequirement


class FieldSelectorAttributes(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#fieldselectorattributes-v1-authorization-k8s-io.
    """

    raw_selector: str | None = None
    requirements: list[FieldSelectorRequirement] | None = None


class LabelSelectorAttributes(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#labelselectorattributes-v1-authorization-k8s-io.
    """

    raw_selector: str | None = None
    requirements: list[LabelSelectorRequirement] | None = None


class NonResourceAttributes(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#nonresourceattributes-v1-authorization-k8s-io.
    """

    path: str | None = None
    verb: str | None = None


class ResourceAttributes(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#resourceattributes-v1-authorization-k8s-io.
    """

    field_selector: FieldSelectorAttributes | None = None
    group: str | None = None
    label_selector: LabelSelectorAttributes | None = None
    name: str | None = None
    namespace: str | None = None
    resource: str | None = None
    subresource: str | None = None
    verb: str | None = None
    version: str | None = None


class SubjectAccessReviewStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#subjectaccessreviewstatus-v1-authorization-k8s-io.
    """

    allowed: bool
    denied: bool | None = None
    evaluation_error: str | None = None
    reason: str | None = None
