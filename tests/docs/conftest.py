"""Pages and examples run on an API server of their own, which the environment points to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kubex_testing.embedded import EmbeddedServer
from support.pairs import Pair


@pytest.fixture
def cluster(
    pair: Pair, kubex_server: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[EmbeddedServer]:
    """Start a server that a plain `create_client()` finds, on the backend of the pair."""
    kubeconfig = kubex_server.handle.write_kubeconfig(tmp_path / "kubeconfig")
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
    monkeypatch.setenv("KUBEX_BACKEND", pair.backend)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    yield kubex_server
    assert kubex_server.failures == []
