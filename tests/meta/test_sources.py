"""Rules for all committed files."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Absolute paths that exist only on one machine, and a folder next to the checkout. Paths below $VARIABLE are allowed.
OUTSIDE = re.compile(r"(?<![\w.}~-])/(?:work|root|Users|home)/\w|\.\./shared\b")

# Calls that make a test wait, or depend on a duration. The comment `real time: REASON` in the line allows them.
REAL_TIME = re.compile(
    r"(?<!def )\bsleep\((?!0?\))"
    r"|\b(move_on_after|fail_after)\((?!\d+\)|(?:SECONDS|[A-Z_]*TIMEOUT)\))"
    r"|\b(monotonic|perf_counter)\(\)|\bTimer\(|\.wait\(\d*\.\d"
)

# Generated files do not need a module docstring.
GENERATED = "# Made by kubex-codegen."


@cache
def files() -> dict[str, str]:
    """Read every committed text file."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [path for path in listed.split("\0") if path and (ROOT / path).is_file()]
    return {path: (ROOT / path).read_text(encoding="utf-8", errors="replace") for path in paths}


def test_no_file_contains_a_path_outside_the_source_tree() -> None:
    found = {path: match.group() for path, text in files().items() if (match := OUTSIDE.search(text))}
    assert found == {}


def test_each_module_has_a_docstring() -> None:
    sources = {path: text for path, text in files().items() if path.endswith(".py")}
    ours = {path: text for path, text in sources.items() if not text.startswith(GENERATED)}
    assert [path for path, text in ours.items() if not ast.get_docstring(ast.parse(text))] == []
    assert len(ours) > 100


def uses_real_time(line: str) -> bool:
    """Return whether a line depends on real time, and does not contain a reason."""
    return REAL_TIME.search(line) is not None and "real time: " not in line


def test_no_test_depends_on_real_time() -> None:
    """Tests wait for events or move the clock, see `Clock`. Limits in full seconds are allowed as guards."""
    tests = ("tests/", "packages/kubex-testing/src/kubex_testing/compliance/")
    folders = ("tests/controlplane/", "tests/packaging/", "tests/typing/cases/")
    found = [
        f"{path}:{number}: {line.strip()}"
        for path, text in files().items()
        if path.startswith(tests) and path.endswith(".py") and not path.startswith(folders)
        if path != "tests/meta/test_sources.py" and "Clock(automatic=True)" not in text
        for number, line in enumerate(text.splitlines(), 1)
        if uses_real_time(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("await anyio.sleep(0.1)", True),
        ("time.sleep(5)", True),
        ("with anyio.move_on_after(0.2):", True),
        ("with anyio.fail_after(0.05):", True),
        ("started = time.monotonic()", True),
        ("event.wait(0.5)", True),
        ("threading.Timer(1, call)", True),
        ("await anyio.sleep(0)", False),
        ("await anyio.sleep_forever()", False),
        ("with anyio.move_on_after(0):", False),
        ("with anyio.fail_after(5):", False),
        ("assert event.wait(SECONDS)", False),
        ("time.sleep(0.01)  # real time: blocks the event loop", False),
    ],
)
def test_calls_that_depend_on_real_time_are_found(line: str, expected: bool) -> None:
    assert uses_real_time(line) is expected
