"""Fixtures that provide an API server. pytest finds them if kubex-testing is installed.

| fixture | scope | value |
|---|---|---|
| `kubex_server` | function | a new embedded API server, to inject faults and to inspect requests |
| `kubex_server_handle` | function | the handle of `kubex_server`, to connect to it |
| `kubex_kubeconfig` | function | the path of a kubeconfig file for `kubex_server` |
| `kubex_reset_server` | function | an embedded API server that the tests share, reset before each test |
| `kubex_shared_server_handle` | session | the handle of an embedded API server that all tests share |
| `kubex_control_plane` | session | the handle of a real kube-apiserver; tests skip if it is not installed |

A handle is a `kubex_testing.ServerHandle`. The servers work with asyncio and trio.
"""

# pytest loads this module at every start, so each fixture imports its server only when a test uses it.

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from kubex_testing._handle import ServerHandle
    from kubex_testing.embedded import EmbeddedServer


# Without this, failed assertions in the suites do not show their values if kubex-testing is an editable installation.
pytest.register_assert_rewrite("kubex_testing.compliance")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the rule and the transcripts to the report of a failed test of `kubex_testing.compliance`."""
    report = yield
    test: Any = item
    if report.failed and hasattr(getattr(test, "instance", None), "failure_sections"):
        report.sections.extend(test.instance.failure_sections(test.obj.__doc__))
    return report


@pytest.fixture
def kubex_server() -> "Iterator[EmbeddedServer]":
    """Start an embedded API server for one test.

    It contains only the built-in namespaces. Use it to inject faults and to inspect requests, and `kubex_server_handle`
    to connect to it.
    """
    from kubex_testing.embedded import EmbeddedServer

    server = EmbeddedServer()
    with server:
        yield server


@pytest.fixture
def kubex_server_handle(kubex_server: "EmbeddedServer") -> "ServerHandle":
    """Return the handle of the test's `kubex_server`.

    For example::

        async def test_creates_the_namespace(kubex_server_handle):
            async with create_client(kubex_server_handle.configuration()) as client:
                ...
    """
    return kubex_server.handle


@pytest.fixture(scope="session")
def _kubex_session_server() -> "Iterator[EmbeddedServer]":
    from kubex_testing.embedded import EmbeddedServer

    server = EmbeddedServer()
    with server:
        yield server


@pytest.fixture
def kubex_reset_server(_kubex_session_server: "EmbeddedServer") -> "EmbeddedServer":
    """Return an embedded API server that the tests of a run share, with the state after its start.

    A reset takes less than a millisecond, and a start about ten. Use it as `kubex_server`, and close the clients of a
    test before it ends.
    """
    _kubex_session_server.reset()
    return _kubex_session_server


@pytest.fixture(scope="session")
def kubex_shared_server_handle() -> "Iterator[ServerHandle]":
    """Start one embedded API server for all tests of a run.

    Tests see each other's objects, so use a separate namespace in each test.
    """
    from kubex_testing.embedded import EmbeddedServer

    with EmbeddedServer() as handle:
        yield handle


@pytest.fixture(scope="session")
def kubex_control_plane() -> "Iterator[ServerHandle]":
    """Start one real kube-apiserver for all tests of a run, with controllers and a kubelet if they are installed.

    Kubex finds the programs as envtest does, usually in the folder that `KUBEBUILDER_ASSETS` names. Without them the
    tests skip with a reason that explains how to enable them. `kubex_control_plane.capabilities` lists what the server
    can do. Use a separate namespace in each test.
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
    """Write a kubeconfig file for the test's `kubex_server`, for other programs, and return its path.

    The file contains a token and a client certificate of the same administrator, because some programs support only one
    of the two. The fixture does not set `KUBECONFIG`; use
    `monkeypatch.setenv("KUBECONFIG", str(kubex_kubeconfig))`.
    """
    return kubex_server.handle_for_programs.write_kubeconfig(tmp_path / "kubeconfig")
