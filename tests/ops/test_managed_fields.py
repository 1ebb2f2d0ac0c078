"""The migration of managedFields. `test_migration.py` compares it with kubectl."""

from typing import Any

import pytest

from kubex_ops._plan.managed_fields import LAST_APPLIED, last_applied_owners, migrated_entries, union

ANNOTATION: dict[str, Any] = {"f:metadata": {"f:annotations": {".": {}, f"f:{LAST_APPLIED}": {}}}}


def entry(manager: str, operation: str, fields: dict[str, Any], *, version: str = "v1", **more: str) -> dict[str, Any]:
    """Return an entry of managedFields."""
    return {"manager": manager, "operation": operation, "apiVersion": version, "fieldsV1": fields, **more}


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({}, {}, {}),
        ({"f:a": {}}, {"f:b": {}}, {"f:a": {}, "f:b": {}}),
        ({"f:a": {"f:b": {}}}, {"f:a": {"f:c": {}}}, {"f:a": {"f:b": {}, "f:c": {}}}),
        ({"f:a": {}}, {"f:a": {"f:b": {}}}, {"f:a": {".": {}, "f:b": {}}}),
        ({"f:a": {".": {}, "f:b": {}}}, {"f:a": {}}, {"f:a": {".": {}, "f:b": {}}}),
        ({"f:a": {}}, {"f:a": {}}, {"f:a": {}}),
        (
            {"f:l": {'k:{"name":"x"}': {".": {}}}},
            {"f:l": {'v:"y"': {}}},
            {"f:l": {'k:{"name":"x"}': {".": {}}, 'v:"y"': {}}},
        ),
    ],
)
def test_union_contains_the_fields_of_both_sets(
    left: dict[str, Any], right: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert union(left, right) == expected
    assert union(right, left) == expected


def test_last_applied_owners_are_the_managers_that_own_the_annotation() -> None:
    entries = [
        entry("kubectl-client-side-apply", "Update", ANNOTATION),
        entry("kubectl-edit", "Update", {"f:data": {}}),
        entry("kubectl-create", "Update", ANNOTATION),
        entry("kubectl-last-applied", "Apply", ANNOTATION),
        {"manager": "broken", "operation": "Update"},
    ]
    assert last_applied_owners(entries, "Update") == ["kubectl-client-side-apply", "kubectl-create"]
    assert last_applied_owners(entries, "Apply") == ["kubectl-last-applied"]


def test_migration_converts_the_entry_if_the_manager_has_not_applied() -> None:
    old = entry("kubectl-client-side-apply", "Update", {"f:data": {"f:a": {}}}, time="2026-01-01T00:00:00Z")
    other = entry("controller", "Update", {"f:status": {}}, subresource="status")
    changed = migrated_entries([other, old], ["kubectl-client-side-apply"], "me")
    assert changed == [other, {**old, "manager": "me", "operation": "Apply"}]


def test_migration_adds_the_fields_to_the_entry_of_the_manager() -> None:
    old = entry("kubectl-client-side-apply", "Update", {"f:data": {"f:a": {}}})
    mine = entry("me", "Apply", {"f:data": {"f:b": {}}})
    changed = migrated_entries([mine, old], ["kubectl-client-side-apply"], "me")
    assert changed == [{**mine, "fieldsV1": {"f:data": {"f:a": {}, "f:b": {}}}}]


def test_migration_drops_fields_of_another_version() -> None:
    old = entry("kubectl-client-side-apply", "Update", {"f:data": {"f:a": {}}}, version="v1beta1")
    mine = entry("me", "Apply", {"f:data": {"f:b": {}}})
    assert migrated_entries([mine, old], ["kubectl-client-side-apply"], "me") == [mine]


def test_migration_keeps_other_managers_operations_and_subresources() -> None:
    entries = [
        entry("me", "Apply", {"f:data": {}}),
        entry("kubectl-client-side-apply", "Apply", {"f:data": {}}),
        entry("kubectl-client-side-apply", "Update", {"f:status": {}}, subresource="status"),
        entry("controller", "Update", {"f:data": {}}),
    ]
    assert migrated_entries(entries, ["kubectl-client-side-apply"], "me") is None


def test_migration_of_several_managers_unites_their_fields() -> None:
    entries = [entry("a", "Update", {"f:x": {}}), entry("b", "Update", {"f:y": {}})]
    changed = migrated_entries(entries, ["a", "b"], "me")
    assert changed == [entry("me", "Apply", {"f:x": {}, "f:y": {}})]
