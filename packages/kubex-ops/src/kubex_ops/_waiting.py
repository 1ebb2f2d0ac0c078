"""Wait for many objects, with one watch per kind and namespace."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import anyio

from kubex.api import Api
from kubex.client import Client
from kubex.errors import Forbidden, KubexError, MethodNotAllowed, UnsupportedVerbError
from kubex.models import Resource
from kubex_ops._concurrency import run_concurrently
from kubex_ops._plan.pending import Pending
from kubex_ops._plan.responses import uid_in_response
from kubex_ops._prepare import Item
from kubex_ops._report import Result
from kubex_runtime import Deleted, Synced, follow, wait_for
from kubex_runtime.conditions import OptionalCondition, deleted

# Errors of lists and watches after which single objects can still be read.
_SINGLE_CAN_SUCCEED = (Forbidden, MethodNotAllowed, UnsupportedVerbError)


def pending_of(item: Item, result: Result, condition: OptionalCondition[Any]) -> Pending:
    """Return the wait for an object that was applied or deleted."""
    resource = item.resource
    assert resource is not None, "a request was sent for it"  # noqa: S101
    uid = uid_in_response(result.object or {})
    return Pending(item.kind, item.name, condition, resource=resource, namespace=item.namespace, uid=uid)


async def wait_for_all(client: Client, objects: Iterable[Pending], timeout: float | None) -> None:
    """Wait for objects, at most for a time in seconds. Those that do not fulfil their condition have an error then."""
    groups: dict[tuple[type[Resource], str | None], list[Pending]] = {}
    for each in objects:
        groups.setdefault((each.resource, each.namespace), []).append(each)
    if not groups:
        return
    with anyio.move_on_after(timeout):
        await run_concurrently(len(groups), lambda group: _wait_for_group(client, group), groups.values())
    for each in (each for group in groups.values() for each in group if not each.is_done):
        each.time_out(timeout)


async def _wait_for_group(client: Client, group: Sequence[Pending]) -> None:
    """Wait for the objects of one kind in one namespace."""
    api = Api(group[0].resource, client, namespace=group[0].namespace)
    try:
        await _follow(api, {each.name: each for each in group})
    except _SINGLE_CAN_SUCCEED:
        open_ones = [each for each in group if not each.is_done]
        await run_concurrently(len(open_ones), lambda each: _wait_for_one(api, each), open_ones)
    except KubexError as error:
        for each in group:
            if not each.is_done:
                each.fail(error)


async def _follow(api: Api[Any], pending: dict[str, Pending]) -> None:
    selector = {"metadata.name": next(iter(pending))} if len(pending) == 1 else None
    async with follow(api, field_selector=selector) as changes:
        async for change in changes:
            if isinstance(change, Synced):
                for each in [each for each in pending.values() if each.last is None]:
                    each.update(None)
            elif (found := pending.get(change.object.metadata.name or "")) is not None:
                found.update(None if isinstance(change, Deleted) else change.object)
            pending = {name: each for name, each in pending.items() if not each.is_done}
            if not pending:
                return


async def _wait_for_one(api: Api[Any], each: Pending) -> None:
    def report(text: str) -> None:
        each.text = text

    fails = None if each.condition(None) else deleted()
    try:
        last = await wait_for(api, each.name, each.condition, timeout=None, fails=fails, on_progress=report)
    except KubexError as error:
        each.fail(error)
    else:
        each.last, each.is_done = last, True
