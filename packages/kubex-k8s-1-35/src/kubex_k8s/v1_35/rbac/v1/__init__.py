# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of rbac/v1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._cluster_role import AggregationRule, ClusterRole
    from ._cluster_role_binding import ClusterRoleBinding
    from ._policy_rule import PolicyRule
    from ._role import Role
    from ._role_binding import RoleBinding
    from ._role_ref import RoleRef, Subject
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "AggregationRule": "_cluster_role",
            "ClusterRole": "_cluster_role",
            "ClusterRoleBinding": "_cluster_role_binding",
            "PolicyRule": "_policy_rule",
            "Role": "_role",
            "RoleBinding": "_role_binding",
            "RoleRef": "_role_ref",
            "Subject": "_role_ref",
        },
    )

__all__ = [
    "AggregationRule",
    "ClusterRole",
    "ClusterRoleBinding",
    "PolicyRule",
    "Role",
    "RoleBinding",
    "RoleRef",
    "Subject",
]
