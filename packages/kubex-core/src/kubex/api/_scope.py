"""Which kinds take `namespace=`, for type checkers."""

from __future__ import annotations

from typing import Protocol

from kubex.models import NamespacedResource


class InNamespaces(Protocol):
    """The self of overloads with `namespace`: verbs of a kind whose objects live in namespaces.

    It is a protocol because mypy does not look at the bound of N where the self of an inherited method is `Reads[N]`.
    """

    @property
    def resource(self) -> type[NamespacedResource]: ...
