"""The options --fewer-pairs and --one-pair."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from support.backend_pairs import PAIRS

ROOT = Path(__file__).resolve().parents[2]
KEPT = ("tests/transport/", "tests/streaming/")
CLIENT = "tests/client/test_client_requests.py"
FILES = (f"{KEPT[0]}test_httpx_private_apis.py", f"{KEPT[1]}test_stress.py", CLIENT)
PAIR = re.compile("|".join(sorted(map(str, PAIRS), reverse=True)))


def collect(*options: str) -> list[str]:
    """Return the names of the tests that pytest collects in the files."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:randomly", *FILES, *options]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if "::" in line]


@pytest.fixture(scope="module")
def every_pair() -> list[str]:
    return collect()


def test_fewer_pairs_keeps_tests_on_httpx2_only_in_transport_and_streaming(every_pair: list[str]) -> None:
    fewer_pairs = collect("--fewer-pairs")
    assert fewer_pairs == [name for name in every_pair if name.startswith(KEPT) or "httpx2" not in name]
    assert any("httpx-trio" in name for name in fewer_pairs)
    assert len(fewer_pairs) < len(every_pair)


def test_one_pair_keeps_each_test_once_outside_of_transport_and_streaming(every_pair: list[str]) -> None:
    one_pair = collect("--one-pair")
    assert [name for name in one_pair if name.startswith(KEPT)] == [
        name for name in every_pair if name.startswith(KEPT)
    ]
    names = Counter(PAIR.sub("", name) for name in one_pair if not name.startswith(KEPT))
    assert names.keys() == {PAIR.sub("", name) for name in every_pair if not name.startswith(KEPT)}
    assert set(names.values()) == {1}


def test_both_options_keep_each_test_on_one_pair_without_httpx2(every_pair: list[str]) -> None:
    both = [name for name in collect("--fewer-pairs", "--one-pair") if not name.startswith(KEPT)]
    pairs = Counter(match[0] for name in both if (match := PAIR.search(name)) is not None)
    assert {pair for pair in map(str, PAIRS) if "httpx2" not in pair} == pairs.keys()
    assert len(both) == len({PAIR.sub("", name) for name in every_pair if not name.startswith(KEPT)})
