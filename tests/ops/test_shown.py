"""The form of objects in a diff."""

from copy import deepcopy
from typing import Any

import pytest

from kubex_ops._plan.managed_fields import LAST_APPLIED
from kubex_ops._plan.shown import MASK, MASK_AFTER, MASK_BEFORE, shown


def secret(data: Any, **more: Any) -> dict[str, Any]:
    """Return a Secret."""
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": data, **more}


def test_fields_of_the_server_are_hidden_and_the_objects_stay_unchanged() -> None:
    metadata = {"name": "a", "uid": "1", "resourceVersion": "2", "generation": 3, "managedFields": []}
    before = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": "1"}}
    copy = deepcopy(before)
    old, new = shown(before, None)
    assert before == copy
    assert new is None
    assert old == {**before, "metadata": {"name": "a", "uid": "1"}}


def test_secret_values_are_masked_and_changes_stay_visible() -> None:
    old, new = shown(
        secret({"same": "x", "changed": "x", "removed": "x"}), secret({"same": "x", "changed": "y", "added": "z"})
    )
    assert old is not None
    assert new is not None
    assert old["data"] == {"same": MASK, "changed": MASK_BEFORE, "removed": MASK}
    assert new["data"] == {"same": MASK, "changed": MASK_AFTER, "added": MASK}


def test_string_data_and_the_last_applied_annotation_of_secrets_are_masked() -> None:
    document = secret(None, stringData={"a": "hidden"})
    document["metadata"]["annotations"] = {LAST_APPLIED: "hidden", "note": "visible"}
    _, new = shown(None, document)
    assert new is not None
    assert new["stringData"] == {"a": MASK}
    assert new["metadata"]["annotations"] == {LAST_APPLIED: MASK, "note": "visible"}


@pytest.mark.parametrize("data", ["hidden", ["hidden"], 5])
def test_malformed_data_of_a_secret_is_masked(data: object) -> None:
    _, new = shown(None, secret(data))
    assert new is not None
    assert new["data"] == MASK
    assert "hidden" not in str(new)


def test_values_of_other_kinds_are_not_masked() -> None:
    config_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"a": "1"}}
    assert shown(None, config_map) == (None, config_map)
