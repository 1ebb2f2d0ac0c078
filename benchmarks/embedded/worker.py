"""Measure one case in this process, and print the values as JSON."""

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack

REQUESTS = 1500
LARGE, SMALL = 100_000, 1_000
EVENTS = 40


def start(_scale: float) -> dict[str, float]:
    """Import the server and start it."""
    before = time.perf_counter()
    from kubex_testing.embedded import EmbeddedServer

    server = EmbeddedServer()
    created = time.perf_counter()
    server.start()
    after = time.perf_counter()
    server.stop()
    return {"import and start, ms": (after - before) * 1e3, "start(), ms": (after - created) * 1e3}


def requests(scale: float) -> dict[str, float]:
    """Send GET and LIST requests to a server with 1,000 objects."""
    from benchmarks.embedded.client import PATH, run_server, small_objects

    with run_server() as server:
        server.embedded.load(small_objects(SMALL))
        times = max(int(REQUESTS * scale), 2)
        get = server.cpu_of(lambda: server.get(f"{PATH}/settings-000500"), times)
        chunk = server.cpu_of(lambda: server.get(f"{PATH}?limit=100"), times)
    return {"GET, us": get * 1e6, "LIST 100, us": chunk * 1e6}


def objects(scale: float) -> dict[str, float]:
    """Load many objects, read them by pages, and compare the costs with those of few objects."""
    from benchmarks.embedded.client import PATH, Server, run_server, small_objects
    from benchmarks.informers.memory import resident

    count, times = max(int(LARGE * scale), SMALL), max(int(100 * scale), 2)

    def read_pages(server: Server, pages: int) -> float:
        """Return the CPU seconds of a page of 500 objects."""
        before, token, size = server.cpu(), "", 0
        for _ in range(pages):
            body, token = server.page(token)
            size += len(body)
        return (server.cpu() - before) / pages

    with ExitStack() as stack:
        small, large = stack.enter_context(run_server()), stack.enter_context(run_server())
        small.embedded.load(small_objects(SMALL))
        before = resident()
        started = time.perf_counter()
        large.embedded.load(small_objects(count))
        seconds = time.perf_counter() - started
        size, token = 0, ""
        while size == 0 or token:
            body, token = large.page(token)
            size += len(body)
        after = resident()
        read_pages(small, 2)
        pages = {name: list[float]() for name in ("small", "large")}
        for _ in range(times):
            # One after the other, so that both have the same conditions.
            pages["small"].append(read_pages(small, 2))
            pages["large"].append(read_pages(large, 2))
        get_small = small.cpu_of(lambda: small.get(f"{PATH}/settings-000500"), times * 5)
        get_large = large.cpu_of(lambda: large.get(f"{PATH}/settings-000500"), times * 5)
        by_name = large.cpu_of(
            lambda: large.get(f"{PATH[:8]}configmaps?fieldSelector=metadata.name=settings-000500"), 20
        )
    return {
        "load, s": seconds,
        "JSON of an object, bytes": size / count,
        "memory of an object, bytes": (after - before) / count,
        "memory beyond JSON, bytes": (after - before - size) / count,
        "page of 500 of 1,000, us": min(pages["small"]) * 1e6,
        "page of 500 of 100,000, us": min(pages["large"]) * 1e6,
        "GET of 1,000, us": get_small * 1e6,
        "GET of 100,000, us": get_large * 1e6,
        "LIST by name in all namespaces of 100,000, us": by_name * 1e6,
    }


def watches(scale: float) -> dict[str, float]:
    """Send changes to 100 and to 1,000 watches, and the same bytes to as many connections of a bare server."""
    from benchmarks.embedded.bare import run_bare_server
    from benchmarks.embedded.client import run_server
    from benchmarks.embedded.events import send_events

    _raise_file_limit()
    events, many = max(int(EVENTS * scale), 2), max(int(1000 * scale), 100)
    values: dict[str, float] = {}
    with run_server() as server, run_bare_server() as bare:
        server.change(0)
        for shown, count in (("100", 100), ("1,000", many)):
            values[f"event for one of {shown} watches, us"] = send_events(server, count, events) * 1e6
            values[f"asyncio only, one of {shown} connections, us"] = send_events(bare, count, events) * 1e6
    return values


def _raise_file_limit() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, hard) if hard > 0 else 8192, hard))


CASES: dict[str, Callable[[float], dict[str, float]]] = {
    item.__name__: item for item in (start, requests, objects, watches)
}


def main(arguments: Sequence[str]) -> None:
    """Measure the case with this name, with this share of the normal work."""
    name, scale = arguments
    print(json.dumps(CASES[name](float(scale))))


if __name__ == "__main__":
    main(sys.argv[1:])
