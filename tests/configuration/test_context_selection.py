"""Tests of selecting a context, a cluster and a user of a kubeconfig, and of listing its contexts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from kubex.configuration import Kubeconfig, configure_from_kubeconfig, load_configuration
from kubex.errors import ConfigurationError

pytestmark = pytest.mark.anyio

WriteKubeconfig = Callable[..., Path]


@pytest.fixture
def two_clusters_and_users(write_kubeconfig: WriteKubeconfig, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a kubeconfig with two clusters and two users, and set `KUBECONFIG` to it."""
    path = write_kubeconfig(
        contexts=[{"name": "here", "context": {"cluster": "c1", "user": "u1", "namespace": "ns"}}],
        clusters=[{"name": name, "cluster": {"server": f"https://{name}"}} for name in ("c1", "c2")],
        users=[{"name": name, "user": {"token": name}} for name in ("u1", "u2")],
    )
    monkeypatch.setenv("KUBECONFIG", str(path))
    return path


async def load_each_way(path: Path, **overrides: Any) -> tuple[str, str | None, str | None]:
    """Load the configuration with each function, check that the results are equal, and return one."""
    kubeconfig = await Kubeconfig.read(path)
    loaded = [
        await configure_from_kubeconfig(path, **overrides),
        await load_configuration(**overrides),
        await kubeconfig.configuration(**overrides),
    ]
    assert loaded[0] == loaded[1] == loaded[2]
    return loaded[0].url, loaded[0].token, loaded[0].namespace


@pytest.mark.covers("kubeconfig-cluster-user")
async def test_cluster_and_user_override_the_entries_of_the_context(two_clusters_and_users: Path) -> None:
    assert await load_each_way(two_clusters_and_users) == ("https://c1", "u1", "ns")
    assert await load_each_way(two_clusters_and_users, cluster="c2") == ("https://c2", "u1", "ns")
    assert await load_each_way(two_clusters_and_users, context="here", user="u2") == ("https://c1", "u2", "ns")
    assert await load_each_way(two_clusters_and_users, cluster="c2", user="u2") == ("https://c2", "u2", "ns")
    assert await load_each_way(two_clusters_and_users, context="", cluster="", user="") == ("https://c1", "u1", "ns"), (
        "empty names are ignored"
    )


@pytest.mark.covers("kubeconfig-cluster-user")
@pytest.mark.parametrize("overrides", [{}, {"cluster": "", "user": "u1"}, {"user": "u1"}])
async def test_cluster_can_be_selected_without_a_context(
    two_clusters_and_users: Path, overrides: dict[str, Any]
) -> None:
    path = anyio.Path(two_clusters_and_users)
    await path.write_text((await path.read_text()).replace("current-context: here", "current-context: ''"))
    assert await load_each_way(two_clusters_and_users, cluster="c2", user="u1") == ("https://c2", "u1", None)
    assert await load_each_way(two_clusters_and_users, cluster="c2") == ("https://c2", None, None)
    with pytest.raises(ConfigurationError, match="current-context: is not set"):
        await configure_from_kubeconfig(two_clusters_and_users, **overrides)


@pytest.mark.covers("kubeconfig-cluster-user")
@pytest.mark.parametrize(
    ("overrides", "problem"),
    [
        ({"cluster": "x"}, r"cluster 'x' does not exist \(available: c1, c2\)"),
        ({"user": "x"}, r"user 'x' does not exist \(available: u1, u2\)"),
        ({"context": "x", "cluster": "c1", "user": "u1"}, r"context 'x' does not exist \(available: here\)"),
    ],
)
async def test_selecting_a_missing_entry_raises(
    two_clusters_and_users: Path, overrides: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ConfigurationError, match=problem) as caught:
        await configure_from_kubeconfig(two_clusters_and_users, **overrides)
    assert caught.value.source == str(two_clusters_and_users)


@pytest.mark.parametrize("overrides", [{"context": "here"}, {"cluster": "c1"}, {"user": "u1"}])
async def test_selecting_an_entry_without_a_kubeconfig_raises(
    monkeypatch: pytest.MonkeyPatch, overrides: dict[str, Any]
) -> None:
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    with pytest.raises(
        ConfigurationError,
        match="cannot select a context, a cluster or a user: no kubeconfig found: KUBECONFIG is not set",
    ):
        await load_configuration(**overrides)


async def test_empty_names_are_ignored_without_a_kubeconfig() -> None:
    with pytest.raises(ConfigurationError, match="no configuration found"):
        await load_configuration(context="", cluster="", user="")


async def test_kubeconfig_lists_its_contexts(two_clusters_and_users: Path) -> None:
    kubeconfig = await Kubeconfig.read()
    assert (kubeconfig.files, kubeconfig.current, list(kubeconfig.contexts)) == (
        (two_clusters_and_users,),
        "here",
        ["here"],
    )
    here = kubeconfig.contexts["here"]
    assert (here.name, here.cluster, here.user, here.namespace, here.file) == (
        "here",
        "c1",
        "u1",
        "ns",
        two_clusters_and_users,
    )
    assert "u1'" not in repr(kubeconfig).replace("user='u1'", "")


async def test_kubeconfig_lists_contexts_with_missing_entries(write_kubeconfig: WriteKubeconfig) -> None:
    contexts = [{"name": "lost", "context": {"cluster": "gone"}}, {"name": "empty"}]
    kubeconfig = await Kubeconfig.read(write_kubeconfig(contexts=contexts, **{"current-context": "gone"}))
    found = {name: (each.cluster, each.user) for name, each in kubeconfig.contexts.items()}
    assert (kubeconfig.current, found) == ("gone", {"lost": ("gone", None), "empty": (None, None)})
    with pytest.raises(ConfigurationError, match="context 'gone' does not exist"):
        await kubeconfig.configuration()


async def test_listing_without_a_kubeconfig_raises() -> None:
    with pytest.raises(ConfigurationError, match="no kubeconfig found"):
        await Kubeconfig.read()
