"""`follow()`: a watch that recovers from every failure."""

from types import TracebackType
from typing import Generic, TypeVar

from typing_extensions import Self

from kubex.api import RawApi, ReadApi
from kubex.core.params import NamespaceTypes
from kubex.errors import AlreadyOpenError, DecodeError
from kubex.models import Resource
from kubex.selectors import FieldSelectorTypes, LabelSelectorTypes
from kubex_runtime._machine.backoff import Backoff, Failure
from kubex_runtime._machine.changes import Change
from kubex_runtime._machine.decoded_changes import decoded
from kubex_runtime._machine.entries import ObjectTable
from kubex_runtime._machine.reflector import Initial, Reflector
from kubex_runtime._reflect import Reflection
from kubex_runtime._source import Source

T = TypeVar("T", bound=Resource)


def follow(
    source: ReadApi[T],
    *,
    namespace: NamespaceTypes = ...,
    label_selector: LabelSelectorTypes = None,
    field_selector: FieldSelectorTypes = None,
    initial: Initial = "stream",
    page_size: int = 500,
    optional: bool = False,
    backoff: Backoff | None = None,
) -> "Follower[T]":
    """Follow the objects of a collection: first those that exist, then `Synced`, then every change.

    The iteration does not end. After a failure it reconnects and, if the server no longer has the missed changes, lists
    the objects again. So each state of an object is reported at most once, no state is older than one before, and each
    `Added` is followed by one `Deleted`. Leaving the block closes the connection.

    All work is done in the task that iterates. The follower keeps only the UID and the resource version of each
    object, about 300 bytes. If the iteration is cancelled, for example by a time limit, no change is lost: continue it.
    This opens a new watch, so a time limit should be longer than a second.

    Args:
        source: an `Api`, or `api.metadata` if the metadata of the objects is enough.
        namespace: a namespace, or None for all; by default that of `source`.
        initial: how the existing objects are read. "stream" reads them from the watch, and uses lists if the server
            does not support this. "list" uses lists, by pages. "any" uses a list that the server can answer from its
            cache, and which can be older.
        page_size: the maximum number of objects of a page.
        optional: wait for a kind that the server does not have, instead of raising NotFound.
        backoff: the delays after failures.

    Raises:
        ConfigurationError: an argument is not valid.
        Forbidden, Unauthorized, NotFound: only before `Synced`; later, the follower tries again.

    Example:
        async with follow(pods, label_selector={"app": "web"}) as changes:
            async for change in changes:
                match change:
                    case Added(pod) | Modified(pod):
                        print(pod.metadata.name, pod.status)
                    case Deleted(pod):
                        print(pod.metadata.name, "is deleted")
                    case Synced():
                        break
    """
    requests = Source(source.raw, namespace, label_selector, field_selector)
    table = ObjectTable(keep_json=False)
    reflector = Reflector(table, initial=initial, page_size=page_size, optional=optional, backoff=backoff)
    return Follower(requests.raw, Reflection(requests, reflector))


class Follower(Generic[T]):
    """The changes of a collection: `async with follow(...) as changes`, then `async for change in changes`."""

    def __init__(self, raw: RawApi[T], reflection: Reflection[T]) -> None:
        self._raw = raw
        self._reflection = reflection

    async def __aenter__(self) -> Self:
        if self._reflection.responses.is_open:
            raise AlreadyOpenError("the follower")
        await self._reflection.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._reflection.__aexit__(kind, error, traceback)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Change[T]:
        while True:
            change = await self._reflection.__anext__()
            try:
                return decoded(change, self._raw.resource, self._raw.decode)
            except DecodeError as error:
                self._reflection.responses.log.skipped(error)

    @property
    def resource_version(self) -> str | None:
        """All changes up to this version are in the iteration; None before `Synced`."""
        return self._reflection.reflector.resource_version

    @property
    def synced(self) -> bool:
        """Whether all objects that existed at the start were received."""
        return self._reflection.reflector.synced

    @property
    def failure(self) -> Failure | None:
        """Why the follower cannot reach the server now; None if it can."""
        return self._reflection.reflector.attempts.failure

    @property
    def quiet_for(self) -> float | None:
        """The time in seconds since the last response, event or bookmark; None before the first one.

        API servers send a bookmark every minute.
        """
        return self._reflection.quiet_for
