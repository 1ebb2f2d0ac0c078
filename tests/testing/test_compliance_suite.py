"""The published suite for backends: what pytest collects, and what the report of a failed test contains."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from kubex_testing.compliance import BackendTests, Capabilities, ComplianceSuite, requires

# A backend that does not send the headers of requests.
DROPS_HEADERS = """
import dataclasses
import kubex_httpx
from kubex.transport import wrapped, Transport
from kubex_testing.compliance import BackendTests, ComplianceSuite, RequestSuite


class DropsHeaders(Transport):
    def __init__(self, inner):
        super().__init__(inner.config)
        self.errors, self.inner = inner.errors, inner

    async def open(self, request, guard):
        return await self.inner.open(dataclasses.replace(request, headers=()), guard)

    async def close_connections(self):
        await self.inner.aclose()


BACKEND = wrapped(kubex_httpx.BACKEND, DropsHeaders)
"""


def run_pytest(folder: Path, source: str, *arguments: str) -> str:
    """Run pytest in a new process, with the test module `source`, and return its output."""
    (folder / "test_it.py").write_text(source)
    command = [sys.executable, "-m", "pytest", "-p", "no:randomly", "--rootdir", ".", "-q", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def suites(suite: type[BackendTests]) -> set[type[BackendTests]]:
    """Return the class and all its subclasses in the package."""
    found = {suite}
    for subclass in suite.__subclasses__():
        found |= suites(subclass)
    return {suite for suite in found if suite.__module__.startswith("kubex_testing.")}


def rules_of(suite: type) -> dict[str, str | None]:
    """Return the names of the tests that a class itself defines, and their docstrings."""
    return {name: test.__doc__ for name, test in vars(suite).items() if name.startswith("test_")}


def test_each_test_has_a_rule() -> None:
    without = [name for suite in suites(BackendTests) for name, rule in rules_of(suite).items() if not rule]
    assert without == []


def test_complete_suite_contains_each_test_once() -> None:
    defined = [name for suite in suites(BackendTests) for name in rules_of(suite)]
    assert sorted(defined) == sorted(name for name in dir(ComplianceSuite) if name.startswith("test_"))


def test_fixtures_do_not_replace_capabilities() -> None:
    names = {name for name in vars(Capabilities) if not name.startswith("_")}
    assert {name for suite in suites(BackendTests) - {BackendTests} for name in vars(suite)} & names == set()


def test_each_capability_is_documented() -> None:
    source = inspect.getsource(Capabilities)
    for name in Capabilities.__annotations__:
        assert f"    {name}: " in source
        assert source.partition(f"    {name}: ")[2].splitlines()[1].startswith('    """'), name


def test_unknown_capability_raises_value_error() -> None:
    with pytest.raises(ValueError, match="'web_sockets' is not a capability"):
        requires("web_sockets")


def test_imported_suites_are_not_collected(tmp_path: Path) -> None:
    output = run_pytest(tmp_path, DROPS_HEADERS + "\n\ndef test_one() -> None: ...\n", "--collect-only")
    assert "test_it.py::test_one\n\n1 test collected" in output


def test_report_contains_the_rule_and_the_bytes(tmp_path: Path) -> None:
    source = DROPS_HEADERS + "\n\nclass TestDropsHeaders(ComplianceSuite):\n    backend = BACKEND\n"
    output = run_pytest(tmp_path, source, "-k", "test_only_required_headers_are_added or test_pool_size_per_host")
    assert "2 failed, 2 skipped" in output
    assert "- rule of the contract -" in output
    assert "The headers are sent unchanged, in their order." in output
    assert "b'GET / HTTP/1.1\\r\\n'" in output
    assert "the server sent 40 bytes:\n    b'HTTP/1.1 200 OK\\r\\n'" in output


def test_failed_test_ends_the_waits_of_its_server(tmp_path: Path) -> None:
    source = DROPS_HEADERS + (
        "\n\nclass TestFails(BackendTests):\n    backend = BACKEND\n"
        "    async def test_fails(self, start_server, open_transport):\n"
        "        import threading\n"
        "        def wait(connection):\n"
        "            connection.read_request()\n"
        "            connection.server.connection_closed.set()\n"
        "            connection.wait_for(threading.Event())\n"
        "        server = start_server(wait)\n"
        "        import anyio\n"
        "        from kubex.transport import PreparedRequest\n"
        "        async with open_transport() as transport, anyio.create_task_group() as tasks:\n"
        "            tasks.start_soon(transport.request, PreparedRequest('GET', server.url))\n"
        "            await anyio.to_thread.run_sync(server.connection_closed.wait)\n"
        "            raise ZeroDivisionError\n"
    )
    output = run_pytest(tmp_path, source, "-k", "asyncio")
    assert "1 failed, 1 deselected in" in output
    assert "the test has ended" not in output


def test_request_without_an_end_fails_only_its_test(tmp_path: Path) -> None:
    source = DROPS_HEADERS + (
        "\n\nclass TestHangs(BackendTests):\n    backend = BACKEND\n    time_limit = 0.1\n"
        "    async def test_hangs(self):\n        import anyio\n        await anyio.sleep_forever()\n"
    )
    assert "the test did not end within 0.1 s (time_limit)" in run_pytest(tmp_path, source)
