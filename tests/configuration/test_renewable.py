"""Tests of `Renewable`: when a value is renewed, and which value is used if that fails."""

import logging

import anyio
import pytest
from typing_extensions import override

from kubex.credentials import _renewable
from kubex.credentials._renewable import Renewable
from kubex.errors import ConfigurationError

pytestmark = pytest.mark.anyio

HOUR = 3600.0


class Numbers(Renewable[str]):
    """Counts its renewals; they wait for an event, and fail while `down` is set."""

    def __init__(self, *, seconds: float = HOUR, margin: float = HOUR) -> None:
        super().__init__()
        self.renewals = 0
        self.down = False
        self.proceed = anyio.Event()
        self.proceed.set()
        self._lifetime = seconds, margin

    @override
    async def renew(self) -> tuple[str, float, float]:
        self.renewals += 1
        await self.proceed.wait()
        if self.down:
            raise ConfigurationError("is down", source="numbers")
        return str(self.renewals), *self._lifetime


async def test_valid_value_is_used_if_the_renewal_fails(caplog: pytest.LogCaptureFixture) -> None:
    source = Numbers()
    assert [await source.get() for _ in range(2)] == ["1", "2"], "within the margin, each call renews the value"
    source.down = True
    with caplog.at_level(logging.WARNING):
        assert await source.get() == "2"
    assert "renewing credentials failed, using the current ones for another 3600 s: numbers: is down" in caplog.text


async def test_failed_renewal_is_repeated_after_the_retry_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Numbers()
    await source.get()
    source.down = True
    monkeypatch.setattr(_renewable, "RETRY_INTERVAL", HOUR)
    assert [await source.get() for _ in range(3)] == ["1"] * 3
    assert source.renewals == 2, "calls within the interval do not repeat it"
    source = Numbers()
    await source.get()
    source.down = True
    monkeypatch.setattr(_renewable, "RETRY_INTERVAL", 0.0)
    await source.get()
    source.down = False
    assert await source.get() == "3"


@pytest.mark.parametrize("seconds", [0.0, -HOUR])
async def test_expired_value_is_not_used_if_the_renewal_fails(seconds: float) -> None:
    source = Numbers(seconds=seconds, margin=0.0)
    assert await source.get() == "1"
    source.down = True
    with pytest.raises(ConfigurationError, match="numbers: is down"):
        await source.get()


async def test_rejected_value_is_not_used_if_the_renewal_fails() -> None:
    source = Numbers()
    first = await source.get()
    source.down = True
    for rejected in (first, None):
        with pytest.raises(ConfigurationError, match="numbers: is down"):
            await source.get(rejected=rejected)
    source.down = False
    assert await source.get() == "4"


async def test_failed_renewal_raises_only_for_callers_with_a_rejected_value() -> None:
    source = Numbers()
    first = await source.get()
    source.down = True
    source.proceed = anyio.Event()
    outcomes: list[str] = []

    async def get_value(rejected: str | None) -> None:
        try:
            outcomes.append(await source.get(rejected=rejected))
        except ConfigurationError:
            outcomes.append("failed")

    async with anyio.create_task_group() as group:
        for rejected in (None, None, first, None):
            group.start_soon(get_value, rejected)
            await anyio.wait_all_tasks_blocked()
        source.proceed.set()
    assert outcomes == ["1", "1", "failed", "1"]
    assert source.renewals == 2


async def test_replaced_value_is_not_replaced_again_within_the_minimum_interval(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Numbers, "MIN_RENEWAL_INTERVAL", HOUR)
    source = Numbers(margin=0.0)
    first = await source.get()
    second = await source.get(rejected=first)
    assert [await source.get(rejected=second) for _ in range(3)] == ["2"] * 3
    assert (first, source.renewals) == ("1", 2)
    monkeypatch.setattr(Numbers, "MIN_RENEWAL_INTERVAL", 0.0)
    source = Numbers(margin=0.0)
    assert [await source.get(rejected=str(number)) for number in range(3)] == ["1", "2", "3"]
