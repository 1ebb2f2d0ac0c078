# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of authorization/v1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._local_subject_access_review import LocalSubjectAccessReview
    from ._resource_attributes import (
        FieldSelectorAttributes,
        LabelSelectorAttributes,
        NonResourceAttributes,
        ResourceAttributes,
        SubjectAccessReviewStatus,
    )
    from ._self_subject_access_review import SelfSubjectAccessReview, SelfSubjectAccessReviewSpec
    from ._self_subject_rules_review import (
        NonResourceRule,
        ResourceRule,
        SelfSubjectRulesReview,
        SelfSubjectRulesReviewSpec,
        SubjectRulesReviewStatus,
    )
    from ._subject_access_review import SubjectAccessReview
    from ._subject_access_review_spec import SubjectAccessReviewSpec
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "FieldSelectorAttributes": "_resource_attributes",
            "LabelSelectorAttributes": "_resource_attributes",
            "LocalSubjectAccessReview": "_local_subject_access_review",
            "NonResourceAttributes": "_resource_attributes",
            "NonResourceRule": "_self_subject_rules_review",
            "ResourceAttributes": "_resource_attributes",
            "ResourceRule": "_self_subject_rules_review",
            "SelfSubjectAccessReview": "_self_subject_access_review",
            "SelfSubjectAccessReviewSpec": "_self_subject_access_review",
            "SelfSubjectRulesReview": "_self_subject_rules_review",
            "SelfSubjectRulesReviewSpec": "_self_subject_rules_review",
            "SubjectAccessReview": "_subject_access_review",
            "SubjectAccessReviewSpec": "_subject_access_review_spec",
            "SubjectAccessReviewStatus": "_resource_attributes",
            "SubjectRulesReviewStatus": "_self_subject_rules_review",
        },
    )

__all__ = [
    "FieldSelectorAttributes",
    "LabelSelectorAttributes",
    "LocalSubjectAccessReview",
    "NonResourceAttributes",
    "NonResourceRule",
    "ResourceAttributes",
    "ResourceRule",
    "SelfSubjectAccessReview",
    "SelfSubjectAccessReviewSpec",
    "SelfSubjectRulesReview",
    "SelfSubjectRulesReviewSpec",
    "SubjectAccessReview",
    "SubjectAccessReviewSpec",
    "SubjectAccessReviewStatus",
    "SubjectRulesReviewStatus",
]
