"""Wait until the server accepts objects of the kinds that a set defines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import anyio

from kubex.client import Client
from kubex.discovery import Discovery
from kubex.errors import KindUnavailable
from kubex_ops._plan.definitions import DEFINITION
from kubex_ops._plan.json_values import map_at
from kubex_ops._plan.pending import Pending
from kubex_ops._plan.phases import group_kind
from kubex_ops._prepare import Item, Preparation
from kubex_ops._recorder import Recorder
from kubex_ops._report import Result
from kubex_ops._waiting import pending_of, wait_for_all
from kubex_runtime.conditions import condition, established
from kubex_runtime.errors import WaitFailed

# Servers establish a definition within milliseconds.
SECONDS = 60.0
_PAUSE = 0.05

# If another definition has the same names, a definition is never established.
_DECIDED = established() | condition("NamesAccepted", "False")


async def wait_for_definitions(client: Client, items: Sequence[Item], recorder: Recorder) -> None:
    """Wait until the applied definitions are established. Those that are not become failed."""
    pending: list[tuple[Item, Pending]] = []
    for item in items:
        if group_kind(item) == DEFINITION and not _is_established(recorder.result_of(item)):
            each = pending_of(item, recorder.result_of(item), _DECIDED)
            pending.append((item, each))
    await wait_for_all(client, [each for _, each in pending], SECONDS)
    for item, each in pending:
        error = each.error
        if error is None and not established()(each.last):
            error = WaitFailed(each.kind, each.name, repr(established()), each.text, each.last)
        if error is not None:
            recorder.fail(item, error)


async def complete_kinds(discovery: Discovery[Any], preparation: Preparation, items: Sequence[Item]) -> None:
    """Wait until discovery lists the kinds that the set defines, and complete their items."""
    incomplete = [item for item in items if item.path is None and item.error is None]
    missing = {(item.api_version, item.kind) for item in incomplete}
    with anyio.move_on_after(SECONDS):
        while missing:
            await discovery.refresh()
            missing = {kind for kind in missing if not await _has(discovery, *kind)}
            if missing:
                await anyio.sleep(_PAUSE)
    for item in incomplete:
        await preparation.complete(item)


def _is_established(result: Result) -> bool:
    conditions: list[dict[str, Any]] = map_at(result.object, "status").get("conditions") or []
    return any(each.get("type") == "Established" and each.get("status") == "True" for each in conditions)


async def _has(discovery: Discovery[Any], api_version: str, kind: str) -> bool:
    try:
        return await discovery.has(api_version, kind)
    except KindUnavailable:
        return False
