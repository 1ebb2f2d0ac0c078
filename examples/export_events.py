"""Export the events of all namespaces as JSON lines: `python examples/export_events.py >> events.jsonl`.

Only events after the start are exported. A repeated event is exported again with its new count. `follow()` reconnects
after failures, and reports each state of an event once.
"""

import json
from collections.abc import Callable
from datetime import datetime

import anyio

from kubex import Api, create_client
from kubex_k8s.v1_37.core.v1 import Event
from kubex_runtime import Added, Modified, Synced, follow


def record(event: Event) -> dict[str, object]:
    """Return the fields to export."""
    involved, source, series = event.involved_object, event.source, event.series
    count = series.count if series is not None else event.count
    return {
        "time": time_of(event),
        "type": event.type,
        "reason": event.reason,
        "message": event.message,
        "count": count or 1,
        "kind": involved.kind,
        "namespace": involved.namespace,
        "name": involved.name,
        "component": event.reporting_component or (source.component if source is not None else None),
    }


def time_of(event: Event) -> str | None:
    """Return the time of the last occurrence. Older and newer components set different fields."""
    series = event.series.last_observed_time if event.series is not None else None
    times: list[datetime | None] = [series, event.last_timestamp, event.event_time, event.metadata.creation_timestamp]
    return next((time.isoformat() for time in times if time is not None), None)


async def export(events: Api[Event], write: Callable[[str], object]) -> None:
    """Write a line for each event that occurs after the start; never returns."""
    synced = False
    async with follow(events) as changes:
        async for change in changes:
            match change:
                case Synced():
                    synced = True
                case Added(event) | Modified(event) if synced:
                    write(json.dumps(record(event)))
                case _:  # an event that existed at the start, or one that has expired
                    pass


async def main() -> None:
    """Print the events until Ctrl-C."""
    async with create_client() as client:
        await export(Api(Event, client, namespace=None), lambda line: print(line, flush=True))


if __name__ == "__main__":
    anyio.run(main)
