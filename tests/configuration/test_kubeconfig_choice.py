"""Which entries of a kubeconfig are taken: by the current context, by another, or by their own names."""

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
def two_of_each(write_kubeconfig: WriteKubeconfig, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a kubeconfig that the environment names, with two clusters and two users."""
    path = write_kubeconfig(
        contexts=[{"name": "here", "context": {"cluster": "c1", "user": "u1", "namespace": "ns"}}],
        clusters=[{"name": name, "cluster": {"server": f"https://{name}"}} for name in ("c1", "c2")],
        users=[{"name": name, "user": {"token": name}} for name in ("u1", "u2")],
    )
    monkeypatch.setenv("KUBECONFIG", str(path))
    return path


async def ways(path: Path, **choice: Any) -> tuple[str, str | None, str | None]:
    """Choose in each way there is, and return what all of them answered."""
    kubeconfig = await Kubeconfig.read(path)
    answers = [
        await configure_from_kubeconfig(path, **choice),
        await load_configuration(**choice),
        await kubeconfig.configuration(**choice),
    ]
    assert answers[0] == answers[1] == answers[2]
    return answers[0].url, answers[0].token, answers[0].namespace


@pytest.mark.covers("kubeconfig-cluster-user")
async def test_entries_can_be_taken_instead_of_those_of_the_context(two_of_each: Path) -> None:
    assert await ways(two_of_each) == ("https://c1", "u1", "ns")
    assert await ways(two_of_each, cluster="c2") == ("https://c2", "u1", "ns")
    assert await ways(two_of_each, context="here", user="u2") == ("https://c1", "u2", "ns")
    assert await ways(two_of_each, cluster="c2", user="u2") == ("https://c2", "u2", "ns")
    assert await ways(two_of_each, context="", cluster="", user="") == ("https://c1", "u1", "ns"), "none is named"


@pytest.mark.covers("kubeconfig-cluster-user")
@pytest.mark.parametrize("choice", [{}, {"cluster": "", "user": "u1"}, {"user": "u1"}])
async def test_a_cluster_needs_no_context(two_of_each: Path, choice: dict[str, Any]) -> None:
    path = anyio.Path(two_of_each)
    await path.write_text((await path.read_text()).replace("current-context: here", "current-context: ''"))
    assert await ways(two_of_each, cluster="c2", user="u1") == ("https://c2", "u1", None)
    assert await ways(two_of_each, cluster="c2") == ("https://c2", None, None)
    with pytest.raises(ConfigurationError, match="current-context: is not set"):
        await configure_from_kubeconfig(two_of_each, **choice)


@pytest.mark.covers("kubeconfig-cluster-user")
@pytest.mark.parametrize(
    ("choice", "problem"),
    [
        ({"cluster": "x"}, r"there is no cluster 'x' \(there are: c1, c2\)"),
        ({"user": "x"}, r"there is no user 'x' \(there are: u1, u2\)"),
        ({"context": "x", "cluster": "c1", "user": "u1"}, r"there is no context 'x' \(there are: here\)"),
    ],
)
async def test_names_that_do_not_exist_are_errors(two_of_each: Path, choice: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem) as caught:
        await configure_from_kubeconfig(two_of_each, **choice)
    assert caught.value.source == str(two_of_each)


@pytest.mark.parametrize("choice", [{"context": "here"}, {"cluster": "c1"}, {"user": "u1"}])
async def test_a_pod_has_no_contexts_to_choose_from(monkeypatch: pytest.MonkeyPatch, choice: dict[str, Any]) -> None:
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    with pytest.raises(ConfigurationError, match="was asked for, but there is no kubeconfig: KUBECONFIG is not set"):
        await load_configuration(**choice)


async def test_empty_names_choose_nothing_in_a_pod_either() -> None:
    with pytest.raises(ConfigurationError, match="no configuration found"):
        await load_configuration(context="", cluster="", user="")


async def test_a_kubeconfig_lists_its_contexts(two_of_each: Path) -> None:
    kubeconfig = await Kubeconfig.read()
    assert (kubeconfig.files, kubeconfig.current, list(kubeconfig.contexts)) == ((two_of_each,), "here", ["here"])
    here = kubeconfig.contexts["here"]
    assert (here.name, here.cluster, here.user, here.namespace, here.file) == ("here", "c1", "u1", "ns", two_of_each)
    assert "u1'" not in repr(kubeconfig).replace("user='u1'", "")


async def test_a_kubeconfig_lists_contexts_whose_entries_do_not_exist(write_kubeconfig: WriteKubeconfig) -> None:
    contexts = [{"name": "lost", "context": {"cluster": "gone"}}, {"name": "empty"}]
    kubeconfig = await Kubeconfig.read(write_kubeconfig(contexts=contexts, **{"current-context": "gone"}))
    found = {name: (each.cluster, each.user) for name, each in kubeconfig.contexts.items()}
    assert (kubeconfig.current, found) == ("gone", {"lost": ("gone", None), "empty": (None, None)})
    with pytest.raises(ConfigurationError, match="there is no context 'gone'"):
        await kubeconfig.configuration()


async def test_no_kubeconfig_to_list_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="there is no kubeconfig"):
        await Kubeconfig.read()
