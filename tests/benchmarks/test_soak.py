"""The soak run: followers miss nothing and repeat nothing while the server misbehaves. 50,000 events on all pairs."""

import json
import subprocess
import sys

import pytest
from benchmarks.runner import ROOT
from benchmarks.soak.memory import Memory
from benchmarks.soak.recorder import Recorder, State
from benchmarks.soak.report import Report
from benchmarks.soak.run import Soak

from kubex.models import ObjectMeta
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_runtime import Added, Change, Deleted, Modified, Synced
from support.backend_pairs import BackendPair


def test_followers_converge_without_lost_repeated_or_old_changes(pair: BackendPair) -> None:
    report = Soak(f"{pair.backend}/{pair.runtime}", events=10_000, seed=1).run()
    assert report.passed, [*report.lost[:5], *report.wrong[:5], *report.leaked, *report.memory]
    assert report.events >= 10_000
    assert report.changes > report.events
    assert len(report.faults) > 12


def test_command_prints_the_report() -> None:
    command = [sys.executable, "-m", "benchmarks.soak", "--events", "300", "--objects", "90", "--pair"]
    completed = subprocess.run(
        [*command, "aiohttp/asyncio"], cwd=ROOT, check=False, capture_output=True, text=True, timeout=100
    )
    assert completed.returncode == 0, completed.stdout + completed.stderr
    assert "lost: 0, repeated or old: 0, left open: 0" in completed.stdout
    result = json.loads(completed.stdout.splitlines()[-1])
    assert (result["pair"], result["passed"], result["leaked"]) == ("aiohttp/asyncio", True, 0)
    assert result["blocks_end"] <= result["blocks_limit"]


@pytest.mark.parametrize(
    ("end", "grew"),
    [(Memory(129, 1049), False), (Memory(131, 1000), True), (Memory(100, 1051), True), (Memory(None, 1000), False)],
)
def test_report_fails_if_the_memory_grew(end: Memory, grew: bool) -> None:
    report = Report("aiohttp/asyncio", 1, memory=[Memory(100, 1000), Memory(500, 5000), end])
    assert report.memory_grew is grew
    assert report.passed is not grew
    assert json.loads(report.as_json())["memory_grew"] is grew
    assert any("too much" in line for line in report.lines()) is grew


def item(uid: str, revision: int) -> ConfigMap:
    return ConfigMap(metadata=ObjectMeta(name="one", uid=uid, resource_version=str(revision)))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ([Added(item("a", 1)), Added(item("a", 2))], "was added as"),
        ([Added(item("a", 1)), Modified(item("a", 1))], "was modified from"),
        ([Added(item("a", 2)), Modified(item("a", 1))], "was modified from"),
        ([Added(item("a", 1)), Modified(item("b", 2))], "was modified to"),
        ([Modified(item("a", 1))], "was modified to"),
        ([Deleted(item("a", 1))], "was deleted, but None is known"),
        ([Added(item("a", 1)), Deleted(item("b", 2))], "was deleted, but State"),
        ([Added(item("a", 1)), Deleted(item("a", 2)), Added(item("a", 1))], "after its deletion"),
        ([Synced(), Synced()], "synced twice"),
    ],
)
def test_recorder_notices_a_violation(changes: list[Change[ConfigMap]], error: str) -> None:
    recorder = Recorder("test", "configmaps")
    for change in changes:
        recorder.record(change)
    assert len(recorder.errors) == 1
    assert error in recorder.errors[0]


def test_recorder_notices_an_old_cache() -> None:
    recorder = Recorder("test", "configmaps")
    recorder.check_cache(item("a", 2), item("a", 2))
    recorder.check_cache(item("a", 2), None)
    assert recorder.errors == []
    recorder.check_cache(item("a", 2), item("a", 1))
    assert len(recorder.errors) == 1


def test_recorder_keeps_the_state_that_follows_from_the_changes() -> None:
    recorder = Recorder("test", "configmaps")
    for change in (Added(item("a", 1)), Modified(item("a", 2)), Synced(), Deleted(item("a", 3)), Added(item("b", 4))):
        recorder.record(change)
    assert recorder.errors == []
    assert recorder.states == {"one": State("b", 4, "")}
