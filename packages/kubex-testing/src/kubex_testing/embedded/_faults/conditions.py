"""Faults that describe a server which supports less, or a replica that is behind. They combine with other faults."""

from dataclasses import dataclass, replace
from typing import Literal

from kubex_testing.embedded import _errors as errors
from kubex_testing.embedded._options import ListOptions
from kubex_testing.embedded._store import Bucket

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
