"""The table of kinds: both forms of discovery, names, and errors with similar names."""

import json
import random
from typing import Any

import pytest

from kubex.discovery import KindInfo
from kubex.discovery._documents import decode_aggregated, decode_groups, decode_resources
from kubex.discovery._missing import no_such_kind, no_such_name
from kubex.discovery._table import GroupVersion, Table
from kubex.errors import DecodeError

WORDS = ("widget", "gadget", "gizmo", "tool", "part", "w")


def kind_info(kind: str, group: str = "", version: str = "v1", **fields: Any) -> KindInfo:
    names = {"plural": f"{kind.lower()}s", "singular": kind.lower(), "namespaced": True}
    return KindInfo(group=group, version=version, kind=kind, **{**names, **fields})


def table(*infos: KindInfo) -> Table:
    """Return a table with the versions in the order of these kinds."""
    versions: dict[tuple[str, str], list[KindInfo]] = {}
    for info in infos:
        versions.setdefault((info.group, info.version), []).append(info)
    return Table(GroupVersion(*key, tuple(found)) for key, found in versions.items())


def random_resources(source: random.Random) -> list[dict[str, Any]]:
    """Return resources with some of the optional fields, in the form of plain discovery."""
    resources: list[dict[str, Any]] = []
    for word in source.sample(WORDS, source.randrange(len(WORDS))):
        fields = {
            "singularName": source.choice(["", word]),
            "shortNames": source.choice([None, [], [word[:2]], [word[:2], word[:1]]]),
            "categories": source.choice([None, ["all"]]),
            "verbs": source.choice([[], ["get", "list"]]),
        }
        resources.append({"name": f"{word}s", "kind": word.title(), "namespaced": source.random() < 0.5, **fields})
        names = source.sample(["status", "scale"], source.randrange(3))
        resources += [
            {"name": f"{word}s/{name}", "kind": "Scale", "verbs": ["get"], "singularName": ""} for name in names
        ]
    return resources


def aggregated_resources(resources: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the same resources in the form of aggregated discovery."""
    found: list[dict[str, Any]] = []
    for each in resources:
        plural, _, subresource = each["name"].partition("/")
        kind = {"group": "", "version": "", "kind": each["kind"]}
        if subresource:
            found[-1].setdefault("subresources", []).append({"subresource": subresource, "responseKind": kind})
            continue
        document = {
            "resource": plural,
            "responseKind": kind,
            "scope": "Namespaced" if each["namespaced"] else "Cluster",
            "singularResource": each["singularName"],
            **{name: each[name] for name in ("shortNames", "categories", "verbs") if each[name] is not None},
        }
        found.append(document)
    return found


@pytest.mark.parametrize("seed", range(50))
def test_aggregated_and_plain_discovery_give_equal_tables(seed: int) -> None:
    source = random.Random(seed)  # noqa: S311 - test data, not secrets
    groups = {
        f"{name}.example.com": {version: random_resources(source) for version in source.sample(["v1", "v2", "v3"], 2)}
        for name in source.sample(WORDS, 3)
    }
    aggregated = {
        "items": [
            {
                "metadata": {"name": name},
                "versions": [
                    {"version": version, "resources": aggregated_resources(resources), "freshness": "Current"}
                    for version, resources in versions.items()
                ],
            }
            for name, versions in groups.items()
        ]
    }
    plain = {
        "groups": [
            {
                "name": name,
                "versions": [{"version": version} for version in source.sample(list(versions), 2)],
                "preferredVersion": {"version": next(iter(versions))},
            }
            for name, versions in groups.items()
        ]
    }
    expected = list(decode_aggregated(json.dumps(aggregated).encode()))
    found = [
        decode_resources(json.dumps({"resources": groups[group][version]}).encode(), group, version)
        for group, version in decode_groups(json.dumps(plain).encode())
    ]
    assert found == expected
    assert list(Table(found).versions) == [
        f"{name}/{version}" for name, versions in groups.items() for version in versions
    ]


@pytest.mark.parametrize(
    "body", [b"[]", b"{}", b"", b'{"items": 1}', b'{"items": [{"metadata": {}, "versions": [{}]}]}', b"[" * 100_000]
)
def test_malformed_document_raises_decode_error(body: bytes) -> None:
    with pytest.raises(DecodeError, match=r"^cannot decode the API discovery: "):
        list(decode_aggregated(body))


def test_null_lists_are_empty() -> None:
    body = b'{"items": [{"metadata": {}, "versions": [{"version": "v1", "resources": null}]}]}'
    assert list(decode_aggregated(body)) == [GroupVersion("", "v1", ())]
    assert decode_resources(b'{"resources": null}', "a", "v1") == GroupVersion("a", "v1", ())
    assert decode_groups(b'{"groups": null}') == []


def test_resource_without_a_kind_is_skipped() -> None:
    body = b'{"items": [{"metadata": {}, "versions": [{"version": "v1", "resources": [{"resource": "a"}]}]}]}'
    assert list(decode_aggregated(body)) == [GroupVersion("", "v1", ())]


CLUSTERS = table(
    kind_info("Pod", short_names=("po",)),
    kind_info("Cluster", "a.example.com", "v2", short_names=("cl",)),
    kind_info("Cluster", "a.example.com", "v1"),
    kind_info("Cluster", "b.example.com", short_names=("cl", "po")),
    kind_info("Cl", "c.example.com", plural="cls", singular="cl"),
    kind_info("Old", "a.example.com", "v1"),
)


@pytest.mark.covers("cluster-api-870")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("clusters", ["a.example.com/v2", "a.example.com/v1", "b.example.com/v1"]),
        ("cluster.b.example.com", ["b.example.com/v1"]),
        ("clusters.v1.a.example.com", ["a.example.com/v1"]),
        ("clusters.v1", []),
        ("clusters.v1.", ["a.example.com/v1", "b.example.com/v1"]),
        ("cl", ["a.example.com/v2", "b.example.com/v1"]),
        ("cls", ["c.example.com/v1"]),
        ("cl.c.example.com", ["c.example.com/v1"]),
        ("po", ["v1", "b.example.com/v1"]),
        ("old", ["a.example.com/v1"]),
        ("clusters.a.exam", ["a.example.com/v2", "a.example.com/v1"]),
        ("", []),
        (".", []),
        ("..", []),
    ],
)
def test_name_finds_kinds_in_the_order_of_kubectl(name: str, expected: list[str]) -> None:
    assert [info.api_version for info in CLUSTERS.find_by_name(name)] == expected


def test_plural_has_priority_over_a_short_name() -> None:
    found = table(kind_info("A", short_names=("bs",)), kind_info("B", "b.example.com")).find_by_name("bs")
    assert [info.kind for info in found] == ["B"]


def test_short_name_has_priority_over_a_singular() -> None:
    found = table(kind_info("B"), kind_info("A", "a.example.com", short_names=("b",))).find_by_name("b")
    assert [info.kind for info in found] == ["A"]


def test_preferred_contains_each_kind_once() -> None:
    found = [f"{info.kind} {info.api_version}" for info in CLUSTERS.preferred()]
    assert found == [
        "Pod v1",
        "Cluster a.example.com/v2",
        "Old a.example.com/v1",
        "Cluster b.example.com/v1",
        "Cl c.example.com/v1",
    ]


APPS = table(
    kind_info("Pod", short_names=("po",)),
    kind_info("Deployment", "apps", short_names=("deploy",)),
    kind_info("Deployment", "apps", "v1beta2"),
)


@pytest.mark.parametrize(
    ("api_version", "kind", "message"),
    [
        (
            "apps/v2",
            "Deployment",
            "Deployment in apps/v2; did you mean Deployment in apps/v1 or Deployment in apps/v1be",
        ),
        ("extensions/v1", "Deployment", "in extensions/v1; did you mean Deployment in apps/v1 or"),
        ("apps/v1", "Deploymint", "Deploymint in apps/v1; did you mean Deployment in apps/v1?"),
        ("apps/v1", "deployments", "deployments in apps/v1; did you mean Deployment in apps/v1?"),
        ("a/v1", "Quux", "Quux in a/v1; check the name, or install its CustomResourceDefinition"),
    ],
)
def test_error_names_similar_kinds_and_existing_versions(api_version: str, kind: str, message: str) -> None:
    assert message in str(no_such_kind(APPS, api_version, kind))


@pytest.mark.parametrize("name", ["deploi", "deploymnts", "deployments.v3.apps", "deployment.app.example.com"])
def test_error_names_similar_names(name: str) -> None:
    assert no_such_name(APPS, name).nearest == ("Deployment in apps/v1",)
    assert f"the kind {name!r}; did you mean Deployment in apps/v1?" in str(no_such_name(APPS, name))
