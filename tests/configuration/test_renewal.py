"""When values are renewed, and what is used as long as they cannot be."""

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
    """Counts its renewals, which fail while it is down; each may have to wait."""

    def __init__(self, *, seconds: float = HOUR, margin: float = HOUR) -> None:
        super().__init__()
        self.renewals = 0
        self.down = False
        self.go_on = anyio.Event()
        self.go_on.set()
        self._holds_for = seconds, margin

    @override
    async def renew(self) -> tuple[str, float, float]:
        self.renewals += 1
        await self.go_on.wait()
        if self.down:
            raise ConfigurationError("is down", source="numbers")
        return str(self.renewals), *self._holds_for


async def test_what_still_holds_is_used_while_it_cannot_be_renewed(caplog: pytest.LogCaptureFixture) -> None:
    source = Numbers()
    assert [await source.get() for _ in range(2)] == ["1", "2"], "within the margin each call renews"
    source.down = True
    with caplog.at_level(logging.WARNING):
        assert await source.get() == "2"
    assert "used for another 3600 s: numbers: is down" in caplog.text


async def test_what_still_holds_is_renewed_as_soon_as_that_works(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Numbers()
    await source.get()
    source.down = True
    monkeypatch.setattr(_renewable, "RETRY_AFTER", HOUR)
    assert [await source.get() for _ in range(3)] == ["1"] * 3
    assert source.renewals == 2, "calls do not try one after the other"
    source = Numbers()
    await source.get()
    source.down = True
    monkeypatch.setattr(_renewable, "RETRY_AFTER", 0.0)
    await source.get()
    source.down = False
    assert await source.get() == "3"


@pytest.mark.parametrize("seconds", [0.0, -HOUR])
async def test_what_is_over_is_not_used_when_it_cannot_be_renewed(seconds: float) -> None:
    source = Numbers(seconds=seconds, margin=0.0)
    assert await source.get() == "1"
    source.down = True
    with pytest.raises(ConfigurationError, match="numbers: is down"):
        await source.get()


async def test_what_was_refused_is_not_used_when_it_cannot_be_renewed() -> None:
    source = Numbers()
    first = await source.get()
    source.down = True
    for rejected in (first, None):
        with pytest.raises(ConfigurationError, match="numbers: is down"):
            await source.get(rejected=rejected)
    source.down = False
    assert await source.get() == "4"


async def test_of_those_that_wait_for_a_failing_renewal_the_refused_ones_fail() -> None:
    source = Numbers()
    first = await source.get()
    source.down = True
    source.go_on = anyio.Event()
    outcomes: list[str] = []

    async def ask(rejected: str | None) -> None:
        try:
            outcomes.append(await source.get(rejected=rejected))
        except ConfigurationError:
            outcomes.append("failed")

    async with anyio.create_task_group() as group:
        for rejected in (None, None, first, None):
            group.start_soon(ask, rejected)
            await anyio.wait_all_tasks_blocked()
        source.go_on.set()
    assert outcomes == ["1", "1", "failed", "1"]
    assert source.renewals == 2


async def test_what_replaced_a_refused_value_settles_before_it_is_replaced_in_turn(
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
