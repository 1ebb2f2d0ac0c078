"""Faults that describe a server which supports less, or a replica that is behind. They combine with other faults."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from kubex_testing.embedded import _errors as errors
from kubex_testing.embedded._messages import RecordedRequest
from kubex_testing.embedded._options import ListOptions, first_value
from kubex_testing.embedded._request_info import RequestInfo
from kubex_testing.embedded._store import Bucket, Store

from .base import FaultAction


class WatchCondition(FaultAction):
    """The base of faults that change the options of a watch."""

    verbs = ("watch",)
    combines = True

    def change_options(self, options: ListOptions, bucket: Bucket) -> ListOptions:
        """Return the options that the server uses. Raises the error of the response."""
        raise NotImplementedError


@dataclass(frozen=True)
class NoStreamingList(WatchCondition):
    """Do not support the streaming list: a watch with `sendInitialEvents`.

    `how` is `rejected` (422, as kube-apiserver without the feature WatchList) or `ignored` (the watch works, but no
    bookmark marks the end of the initial events, as with some aggregated API servers).

    Example:
        server.inject("watch configmaps", NoStreamingList(), times=None)
        with pytest.raises(Invalid):
            async with config_maps.watch(send_initial_events=True):
                pass
    """

    how: Literal["rejected", "ignored"] = "rejected"

    def change_options(self, options: ListOptions, bucket: Bucket) -> ListOptions:
        if options.send_initial_events is None:
            return options
        if self.how == "rejected":
            message = "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled"
            raise errors.forbidden_option(message, "sendInitialEvents")
        return replace(options, send_initial_events=None, marks_initial_events=False)


@dataclass(frozen=True)
class NoBookmarks(WatchCondition):
    """Send no bookmarks, even if the watch allows them.

    The end of the initial events has no bookmark either.

    Example:
        server.inject("watch *", NoBookmarks(), times=None)
        async with config_maps.watch(bookmarks=True) as events:
            assert (await anext(events)).type == "ADDED"
    """

    def change_options(self, options: ListOptions, bucket: Bucket) -> ListOptions:
        return replace(options, bookmarks=False)


@dataclass(frozen=True)
class Replay(WatchCondition):
    """Send the last `revisions` changes before the resource version of a watch again, as a replica that is behind.

    Changes that are no longer in the history are not sent.

    Example:
        old = await config_maps.get("settings")
        with server.inject("watch configmaps", Replay(revisions=1000)):
            async with config_maps.watch(resource_version=old.metadata.resource_version) as events:
                assert (await anext(events)).object == old  # the client has seen this state before
    """

    revisions: int

    def __post_init__(self) -> None:
        _check_revisions(self.revisions)

    def change_options(self, options: ListOptions, bucket: Bucket) -> ListOptions:
        if not options.revision or options.send_initial_events:
            return options
        # An expired revision stays as it is, so that the watch ends with 410.
        earliest = min(options.revision, bucket.compacted_revision)
        return replace(options, revision=max(options.revision - self.revisions, earliest, 1))


@dataclass(frozen=True)
class Lag(FaultAction):
    """Handle a read as an API server with a cache that is `revisions` changes behind.

    * Without `resourceVersion`, with `resourceVersionMatch=Exact`, and on later pages, a read is consistent: it returns
      the current state.
    * With `resourceVersion=0`, or with a version that the cache has reached, it returns the old state. A watch that
      starts with the old state sends the later changes after it.
    * A read with a newer version fails after `Settings.future_wait` with 504 and the cause `ResourceVersionTooLarge`.
      A streaming list receives this error as an `ERROR` event.

    Example:
        created = await config_maps.create(ConfigMap(metadata=ObjectMeta(name="colors")))
        server.inject("list configmaps", Lag(revisions=1))
        names = [item.metadata.name for item in await config_maps.list(resource_version="0")]
        assert "colors" not in names
    """

    verbs = ("get", "list", "watch")
    combines = True

    revisions: int

    def __post_init__(self) -> None:
        _check_revisions(self.revisions)


def cached_revision(faults: Iterable[FaultAction], store: Store, bucket: Bucket) -> int:
    """Return the revision that the cache of the server has reached: the latest one without a `Lag`."""
    behind = max((fault.revisions for fault in faults if isinstance(fault, Lag)), default=0)
    return max(store.revision - behind, min(bucket.compacted_revision, store.revision))


class ExpireContinue(FaultAction):
    """Reject the request for page `page` of a list with 410 Expired, as after a compaction of the storage.

    The response contains a token to continue with an inconsistent list, as that of kube-apiserver. Pages are counted
    for each path and selector, starting at the latest request for a first page.

    Example:
        for name in ("a", "b"):
            await config_maps.create(ConfigMap(metadata=ObjectMeta(name=name)))
        server.inject("list configmaps", ExpireContinue(page=2))
        pages = config_maps.pages(page_size=1)
        names = [item.metadata.name async for page in pages for item in page]
        assert names == ["a", "b", "settings"]
        assert not pages.consistent
    """

    verbs = ("list",)

    def __init__(self, page: int = 2) -> None:
        if page < 2:
            raise ValueError(f"page={page!r} does not have a continue token; use 2 or more")
        self.page = page
        self._pages: dict[tuple[str, ...], int] = {}

    def applies_to(self, request: RecordedRequest, info: RequestInfo) -> bool:
        """Return whether the request is for the page."""
        if info.verb != "list":
            return False
        query = request.query
        key = (request.path, first_value(query, "labelSelector"), first_value(query, "fieldSelector"))
        number = self._pages.get(key, 1) + 1 if first_value(query, "continue") else 1
        self._pages[key] = number
        return number == self.page


def _check_revisions(revisions: int) -> None:
    if revisions < 1:
        raise ValueError(f"revisions={revisions!r} is not a positive number")
