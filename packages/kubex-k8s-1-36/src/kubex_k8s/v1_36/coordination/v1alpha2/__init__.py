# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of coordination/v1alpha2."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._lease_candidate import LeaseCandidate, LeaseCandidateSpec
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "LeaseCandidate": "_lease_candidate",
            "LeaseCandidateSpec": "_lease_candidate",
        },
    )

__all__ = [
    "LeaseCandidate",
    "LeaseCandidateSpec",
]
