"""kubectl and Kubex leave the same objects on a server, and show the same differences."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kubex.manifests import load
from kubex_testing import ServerHandle
from kubex_testing.controlplane import ControlPlaneUnavailable
from ops.differential.cluster import normalized
from ops.differential.comparison import Side, control_plane, side
from ops.differential.diffs import compare_sets
from ops.differential.paths import differences, differing_paths
from ops.differential.projects import VARIABLE, ProjectComparison, projects
from ops.differential.sets import LARGEST, make_set
from support.kubectl import require_kubectl
from testing.comparison.kinds import kinds

SEED, SETS = 7, 40
FOLDER = os.environ.get(VARIABLE)

pytestmark = pytest.mark.filterwarnings("ignore:.* is deprecated in v1.33+:kubex.errors.ApiWarning")


@pytest.fixture(scope="module")
def reference() -> Iterator[ServerHandle]:
    try:
        with control_plane() as handle:
            yield handle
    except ControlPlaneUnavailable as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def server(reference: ServerHandle) -> Iterator[Side]:
    with side("real", reference, require_kubectl()) as result:
        yield result


@pytest.mark.timeout(600)  # waits three times until the controllers have deleted namespaces
def test_random_sets_are_as_with_kubectl(server: Side) -> None:
    assert compare_sets(server, [make_set(SEED, number) for number in range(SETS)]) == []


if FOLDER:  # the manifests are not part of the repository

    @pytest.mark.timeout(600)
    @pytest.mark.parametrize("project", projects(Path(FOLDER)), ids=lambda path: path.name)
    def test_manifests_of_projects_are_as_with_kubectl(server: Side, project: Path) -> None:
        assert list(ProjectComparison(server, project).run()) == []


def test_a_set_depends_only_on_its_seed_and_number() -> None:
    for number in range(20):
        one = make_set(SEED, number)
        assert one == make_set(SEED, number)
        assert 1 <= len(one.items) <= LARGEST


def test_sets_contain_most_kinds_and_unusual_spellings() -> None:
    sets = [make_set(SEED, number) for number in range(SETS)]
    found = {item.kind for each in sets for item in each.items}
    assert len(found) > 0.8 * len({kind.kind for kind in kinds()})
    text = "".join(each.text for each in sets)
    assert [
        part for part in ("&a0", "*a0", "|", ">-", "List", "0x", "\r\n", "--- #", "!!int") if part not in text
    ] == []


@pytest.mark.parametrize("number", range(SETS))
def test_kubex_reads_each_object_of_a_set(number: int) -> None:
    each = make_set(SEED, number)
    wanted = sorted((item.kind, item.document["metadata"]["name"]) for item in each.items)
    assert sorted((document.kind, document.name) for document in load(each.text)) == wanted


@pytest.mark.parametrize(
    ("before", "after", "paths"),
    [
        ({"a": 1}, {"a": 1}, set()),
        ({"a": 1}, {"a": True}, {".a"}),
        ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, {".a[0].b"}),
        ({"a": [1]}, {"a": [1, 2]}, {".a"}),
        ({"metadata": {"generation": 1}}, {"metadata": {"generation": 2, "labels": {}}}, {".metadata.labels"}),
        (None, {"metadata": {"uid": "u"}, "a": 1}, {".metadata", ".a"}),
    ],
)
def test_paths_show_each_difference(before: Any, after: Any, paths: set[str]) -> None:
    assert differing_paths(before, after) == paths


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"spec": {"replicas": 2}}, ".spec.replicas"),
        ({"metadata": {"generation": 2}}, ".metadata.generation"),
        ({"metadata": {"managedFields": [{"manager": "m", "operation": "Apply"}]}}, ".metadata.managedFields"),
        ({"spec": {"clusterIP": "None"}}, ".spec.clusterIP"),
    ],
)
def test_normalized_objects_show_a_difference(change: dict[str, Any], path: str) -> None:
    base = {"kind": "X", "metadata": {"name": "a", "uid": "1", "generation": 1}, "spec": {"clusterIP": "10.0.0.7"}}
    changed = {**base, **{key: {**base[key], **value} for key, value in change.items()}}  # type: ignore[dict-item]
    assert [line.partition(":")[0] for line in differences(normalized(base), normalized(changed))] == [path]


def test_normalized_objects_hide_what_differs_in_each_run() -> None:
    def object_with(uid: str, revision: str, address: str) -> dict[str, Any]:
        entry = {"manager": "kubectl", "operation": "Apply", "time": "2026-01-02T03:04:05Z"}
        metadata = {"name": "a", "uid": uid, "resourceVersion": revision, "managedFields": [entry]}
        return {"kind": "Service", "metadata": metadata, "spec": {"clusterIP": address, "clusterIPs": [address]}}

    assert normalized(object_with("1", "5", "10.0.0.7")) == normalized(object_with("2", "6", "10.0.0.8"))
