"""The option --fewer-pairs."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def collect(*arguments: str) -> list[str]:
    """Return the names of the tests that pytest collects."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:randomly", *arguments]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if "::" in line]


def test_fewer_pairs_keeps_tests_on_httpx2_only_in_transport_and_streaming() -> None:
    kept = ("tests/transport/", "tests/streaming/")
    files = [f"{kept[0]}test_httpx_private_apis.py", f"{kept[1]}test_stress.py", "tests/client/test_client_requests.py"]
    every_pair, fewer_pairs = collect(*files), collect(*files, "--fewer-pairs")
    assert fewer_pairs == [name for name in every_pair if name.startswith(kept) or "httpx2" not in name]
    assert any("httpx-trio" in name for name in fewer_pairs)
    assert len(fewer_pairs) < len(every_pair)
