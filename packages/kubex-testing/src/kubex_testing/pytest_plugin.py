"""Fixtures that give a test an API server. They are available wherever kubex-testing is installed.

| fixture | scope | what it is |
|---|---|---|
| `kubex_api_server` | function | the handle of an embedded API server of the test's own |
| `kubex_server` | function | that server itself, to inject faults and to see the requests it got |
| `kubex_kubeconfig` | function | the path of a kubeconfig file for it |
| `kubex_embedded_server` | session | the handle of an embedded API server that all tests share |
| `kubex_control_plane` | session | the handle of a real kube-apiserver; skips where it is not installed |

A handle is a `kubex_testing.ServerHandle`; servers work for asyncio and trio alike.
"""

# Every start of pytest loads this module, so the servers are imported by the fixtures that start them.

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from kubex_testing._handle import ServerHandle
    from kubex_testing.embedded import EmbeddedServer


@pytest.fixture
def kubex_server() -> "Iterator[EmbeddedServer]":
    """Give the test an embedded API server of its own.

    It is empty but for the built-in namespaces, whatever other tests do. Beside `kubex_api_server` it is the same
    server: this one to inject faults and to look at requests, that one to connect to.
    """
    from kubex_testing.embedded import EmbeddedServer

    server = EmbeddedServer()
    with server:
        yield server


@pytest.fixture
def kubex_api_server(kubex_server: "EmbeddedServer") -> "ServerHandle":
    """Give the test the handle of its `kubex_server`.

    For example::

        async def test_creates_the_namespace(kubex_api_server):
            async with create_client(kubex_api_server.configuration()) as client:
                ...
    """
    return kubex_server.handle


@pytest.fixture(scope="session")
def kubex_embedded_server() -> "Iterator[ServerHandle]":
    """Give all tests of a run the same embedded API server.

    Tests see each other's objects: let each work in a namespace of its own.
    """
    from kubex_testing.embedded import EmbeddedServer

    with EmbeddedServer() as handle:
        yield handle


@pytest.fixture(scope="session")
def kubex_control_plane() -> "Iterator[ServerHandle]":
    """Give all tests of a run the same real kube-apiserver, with controllers where these are installed.

    The programs are found as envtest finds them, usually in the folder that `KUBEBUILDER_ASSETS` names. Without them
    the tests skip, and the reason says how to enable them. Ask `kubex_control_plane.capabilities` what it can do; let
    each test work in a namespace of its own.
    """
    from kubex_testing.controlplane import ControlPlane, ControlPlaneUnavailable

    control_plane = ControlPlane()
    try:
        handle = control_plane.start()
    except ControlPlaneUnavailable as error:
        pytest.skip(str(error))
    yield handle
    control_plane.stop()


@pytest.fixture
def kubex_kubeconfig(kubex_server: "EmbeddedServer", tmp_path: Path) -> Path:
    """Give the test the path of a kubeconfig file for its `kubex_api_server`, for other programs to use.

    It has a token and a client certificate of the same administrator, since some programs know only one of the two.
    `KUBECONFIG` is left alone; set it with `monkeypatch.setenv("KUBECONFIG", str(kubex_kubeconfig))`.
    """
    return kubex_server.handle_for_programs.write_kubeconfig(tmp_path / "kubeconfig")
