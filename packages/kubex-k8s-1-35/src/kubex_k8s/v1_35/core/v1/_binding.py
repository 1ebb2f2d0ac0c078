# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, NamespacedCreateOnly

from ._object_reference import ObjectReference


class Binding(NamespacedCreateOnly):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#binding-v1-core."""

    __resource__ = ApiResource(version="v1", kind="Binding", plural="bindings")

    target: ObjectReference
