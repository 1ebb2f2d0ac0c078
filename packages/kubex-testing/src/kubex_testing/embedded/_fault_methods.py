"""The methods of the embedded server that inject faults and simulate failures."""

from collections.abc import Callable

from ._clock import ServerClock
from ._cluster import Cluster
from ._faults.base import Fault, FaultAction, FaultList, Matcher
from ._in_process import find_resource
from ._listener import Listener
from ._loop_thread import LoopThread


class FaultMethods:
    """A base class of `EmbeddedServer`."""

    _cluster: Cluster
    _thread: LoopThread
    _clock: ServerClock
    _faults: FaultList
    _listener: Listener

    def inject(self, matcher: Matcher, fault: FaultAction, *, times: int | None = 1) -> Fault:
        """Apply a fault to the next `times` matching requests, or to all of them for None.

        A matcher is a verb and a resource (`watch pods`, `list deployments.apps`, `create *`), a method and a path
        (`GET /version`, `POST *`, `*`), or a function of the request. A request gets the oldest fault that matches it,
        and in addition all matching faults that combine with others, such as `NoBookmarks`.

        Raises:
            ValueError: the matcher cannot match a request that the fault applies to, or `times` is not positive.

        Example:
            server.inject("watch configmaps", EndWatch(after=1), times=2)
            async with config_maps.watch() as events:
                assert len([event async for event in events]) == 1
        """
        injected = Fault(matcher, fault, times)
        self._faults.add(injected)
        return injected

    def clear_faults(self) -> None:
        """Remove all injected faults, and end the waits of `Delay` and `Silence`."""
        self._faults.clear()

    def bookmark_now(self) -> None:
        """Send a bookmark on each open watch that allows bookmarks."""
        self._thread.call(self._cluster.send_bookmarks)

    def close_watches(self) -> None:
        """End all open watches without an error, as after their timeout."""
        self._thread.call(self._cluster.close_watches)

    def drop_connections(self) -> None:
        """Abort all open connections."""
        self._thread.call(self._listener.abort_connections)

    def stop_listening(self) -> None:
        """Close the port, so that new connections are refused. Open connections stay open; see `drop_connections()`."""
        self._thread.call(self._listener.close)

    def listen(self) -> None:
        """Open the port again after `stop_listening()`."""
        self._thread.call(self._listener.listen)

    def hold(self, resource: str) -> None:
        """Do not send later events of a resource to watches, until `release()`.

        Clients that use a watch then have an old state, while reads and writes use the current one. The watches send no
        bookmarks either. `resource` is a plural with or without its group, such as `pods` or `deployments.apps`.

        Example:
            async with config_maps.watch() as events:
                assert (await anext(events)).object.metadata.name == "settings"
                server.hold("configmaps")
                await config_maps.create(ConfigMap(metadata=ObjectMeta(name="colors")))
                with anyio.move_on_after(0.1):
                    await anext(events)  # nothing arrives
                server.release("configmaps")
        """
        self._thread.call(lambda: self._cluster.hold(find_resource(self._cluster, resource).bucket))

    def release(self, resource: str) -> None:
        """Send the events that `hold()` delayed, and those that follow."""
        self._thread.call(lambda: self._cluster.release(find_resource(self._cluster, resource).bucket))

    def set_clock_rate(self, rate: float) -> None:
        """Let the time of the server pass `rate` times as fast as real time.

        This applies to all timers of the server: timeouts and bookmarks of watches, `Settings` in seconds, `Slow`. The
        timestamps in objects are not changed.

        Raises:
            ValueError: the rate is not positive.
        """
        if not rate > 0:
            raise ValueError(f"the rate {rate!r} is not a positive number; 1 is the rate of real time")
        self._change_clock(lambda: self._clock.set_rate(rate))

    def advance_clock(self, seconds: float) -> None:
        """Move the time of the server forward, so that timers of this period expire at once.

        Raises:
            ValueError: `seconds` is negative.

        Example:
            async with config_maps.watch(timeout_seconds=300) as events:
                await anext(events)
                server.advance_clock(300)
                assert [event async for event in events] == []
        """
        if not seconds >= 0:
            raise ValueError(f"{seconds!r} seconds are negative; the clock of the server cannot go back")
        self._change_clock(lambda: self._clock.advance(seconds))

    def _change_clock(self, change: Callable[[], None]) -> None:
        """Change the clock in the thread of the event loop, which then computes its next timer again."""
        if self._thread.running:
            self._thread.call(change)
        else:
            change()
