"""The backend of the tutorial passes the compliance suite, and the tutorial names the tests that are skipped."""

import dataclasses
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs.blocks import ROOT, blocks
from kubex.transport import Backend, Transport
from kubex_testing.compliance import (
    CancellationSuite,
    Capabilities,
    DiscoverySuite,
    ErrorSuite,
    LifecycleSuite,
    RequestSuite,
    StreamSuite,
    TimeoutSuite,
    TLSSuite,
)

TUTORIAL = ROOT / "docs" / "plugins" / "tutorial.md"
TRANSPORT = "\n".join(block.text for block in blocks(TUTORIAL, "python"))
DESCRIPTOR, _, TESTS = (block.text for block in blocks(TUTORIAL, "{code-block}") if "import" in block.text)


def create_backend() -> Backend:
    """Return the backend of the tutorial without installing it."""
    transport: dict[str, type[Transport]] = {"__name__": "kubex_short._transport"}  # type: ignore[dict-item] # a module
    exec(compile(TRANSPORT, str(TUTORIAL), "exec"), transport)  # noqa: S102 - our own documentation
    descriptor: dict[str, Backend] = {}
    exec(compile(DESCRIPTOR, str(TUTORIAL), "exec"), descriptor)  # noqa: S102 - our own documentation
    return dataclasses.replace(descriptor["BACKEND"], load=lambda: transport["ShortTransport"])


class ShortTests(Capabilities):
    backend = create_backend()
    entry_point = False  # the tests of the entry point run below, in a separate process
    native_cancellation = sys.version_info >= (3, 11)  # as the tutorial explains


class TestRequests(ShortTests, RequestSuite):
    pass


class TestStreams(ShortTests, StreamSuite):
    pass


class TestTimeouts(ShortTests, TimeoutSuite):
    pass


class TestErrors(ShortTests, ErrorSuite):
    pass


class TestTLS(ShortTests, TLSSuite):
    pass


class TestLifecycle(ShortTests, LifecycleSuite):
    pass


class TestCancellation(ShortTests, CancellationSuite):
    pass


SUITES = (TestRequests, TestStreams, TestTimeouts, TestErrors, TestTLS, TestLifecycle, TestCancellation)


def test_tutorial_names_each_skipped_test() -> None:
    skipped = {
        name
        for suite in (*SUITES, DiscoverySuite)
        for name in dir(suite)
        for capability in getattr(getattr(suite, name), "required", ())
        if name.startswith("test_") and not getattr(ShortTests, capability) and capability != "entry_point"
    }
    assert skipped == set(re.findall(r"`(test_\w+)`", TUTORIAL.read_text(encoding="utf-8")))


def test_installed_backend_of_the_tutorial_is_found(tmp_path: Path) -> None:
    package, metadata = tmp_path / "kubex_short", tmp_path / "kubex_short-0.1.0.dist-info"
    package.mkdir()
    metadata.mkdir()
    (package / "__init__.py").write_text(DESCRIPTOR, encoding="utf-8")
    (package / "_transport.py").write_text(TRANSPORT, encoding="utf-8")
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: kubex-short\nVersion: 0.1.0\n")
    (metadata / "entry_points.txt").write_text("[kubex.backends]\nshort = kubex_short:BACKEND\n")
    (tmp_path / "test_compliance.py").write_text(TESTS.replace("ComplianceSuite", "DiscoverySuite"), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_compliance.py"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    completed = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert completed.returncode == 0, completed.stdout
    assert re.search(r"^\d+ passed", completed.stdout, re.MULTILINE), completed.stdout


@pytest.mark.parametrize("name", sorted(inspect.get_annotations(Capabilities).keys() - {"backend"}))
def test_page_about_the_suite_names_each_capability(name: str) -> None:
    assert f"| `{name}" in (ROOT / "docs" / "plugins" / "compliance.md").read_text(encoding="utf-8")
