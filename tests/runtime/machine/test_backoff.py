"""The delays between attempts."""

from collections import Counter

import pytest

from kubex.errors import ConfigurationError, ConnectionLost
from kubex_runtime._machine.backoff import Attempts, Backoff
from kubex_runtime._machine.entries import ObjectTable
from kubex_runtime._machine.reflector import Reflector
from kubex_runtime._machine.steps import WatchStep
from runtime.machine.server_model import seeded

LOST = ConnectionLost("lost")


def delays(attempts: Attempts, number: int, now: float = 0.0) -> list[float]:
    found = []
    for _ in range(number):
        attempts.failed(LOST, now)
        found.append(attempts.next_at - now)
        now = attempts.next_at
    return found


def test_delays_double_up_to_30_seconds() -> None:
    limits = [0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30.0, 30.0]
    for seed in range(50):
        for delay, limit in zip(delays(Attempts(Backoff(), seeded(seed)), 8), limits, strict=True):
            assert limit / 2 <= delay <= limit


def test_many_failures_do_not_overflow() -> None:
    assert 15 <= Backoff().delay(10**6, seeded(1)) <= 30


def test_attempts_keep_their_delay_until_the_server_was_healthy_for_two_minutes() -> None:
    attempts = Attempts(Backoff(), seeded(1))
    delays(attempts, 5)
    attempts.succeeded(100.0)
    attempts.failed(LOST, 219.0)
    assert attempts.next_at - 219.0 >= 12.8
    attempts.succeeded(300.0)
    attempts.succeeded(400.0)
    attempts.failed(LOST, 421.0)
    assert attempts.next_at - 421.0 <= 0.8


def test_a_requested_delay_is_a_minimum() -> None:
    attempts = Attempts(Backoff(), seeded(1))
    attempts.failed(LOST, 10.0, retry_after=7.0)
    assert attempts.next_at == 17.0
    attempts.failed(LOST, 20.0, retry_after=0.0)
    assert attempts.next_at > 20.0


def test_failure_counts_the_attempts_since_the_first_failure() -> None:
    attempts = Attempts(Backoff(), seeded(1))
    assert attempts.failure is None
    attempts.failed(ConnectionLost("first"), 3.0)
    attempts.failed(LOST, 5.0)
    assert attempts.failure is not None
    assert (attempts.failure.error, attempts.failure.attempts, attempts.failure.since) == (LOST, 2, 3.0)
    attempts.succeeded(6.0)
    assert attempts.failure is None


@pytest.mark.parametrize("field", ["initial_delay", "max_delay", "reset_after"])
@pytest.mark.parametrize("value", [0, -1, float("inf"), float("nan"), True, "1"])
def test_backoff_rejects_invalid_values(field: str, value: float) -> None:
    with pytest.raises(ConfigurationError, match=rf"^Backoff\.{field}: must be a positive number of seconds, not "):
        Backoff(**{field: value})


def test_backoff_rejects_a_maximum_below_the_first_delay() -> None:
    with pytest.raises(ConfigurationError, match=r"^Backoff\.max_delay: must not be less than initial_delay=5, not 3$"):
        Backoff(initial_delay=5, max_delay=3)


@pytest.mark.covers("pitfall-56")
def test_many_followers_do_not_reconnect_in_step() -> None:
    outage, starts, timeouts = 60.0, Counter[int](), set[int]()
    for seed in range(1000):
        reflector = Reflector(ObjectTable(keep_json=False), random=seeded(seed))
        now = 0.0
        while now < outage:
            reflector.next_step()
            reflector.failed(LOST, now)
            now = reflector.attempts.next_at
        starts[int(now)] += 1
        step = reflector.next_step()
        assert isinstance(step, WatchStep)
        timeouts.add(step.timeout_seconds)
    assert max(starts.values()) <= 150
    assert len(timeouts) > 50
