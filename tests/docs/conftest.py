"""The API server on which pages and examples run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.running_pod import write_local_files
from kubex_testing.embedded import EmbeddedServer
from support.backend_pairs import BackendPair


@pytest.fixture
def cluster(
    pair: BackendPair, kubex_server: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[EmbeddedServer]:
    """Start a server, and set the environment so that `create_client()` uses it with the backend of the pair."""
    kubeconfig = kubex_server.handle.write_kubeconfig(tmp_path / "kubeconfig")
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
    monkeypatch.setenv("KUBEX_BACKEND", pair.backend)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    write_local_files(tmp_path)
    yield kubex_server
    assert kubex_server.failures == []
