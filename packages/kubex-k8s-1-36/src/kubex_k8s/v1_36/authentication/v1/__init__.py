# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of authentication/v1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._self_subject_review import SelfSubjectReview, SelfSubjectReviewStatus
    from ._token_review import TokenReview, TokenReviewSpec, TokenReviewStatus
    from ._user_info import UserInfo
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "SelfSubjectReview": "_self_subject_review",
            "SelfSubjectReviewStatus": "_self_subject_review",
            "TokenReview": "_token_review",
            "TokenReviewSpec": "_token_review",
            "TokenReviewStatus": "_token_review",
            "UserInfo": "_user_info",
        },
    )

__all__ = [
    "SelfSubjectReview",
    "SelfSubjectReviewStatus",
    "TokenReview",
    "TokenReviewSpec",
    "TokenReviewStatus",
    "UserInfo",
]
