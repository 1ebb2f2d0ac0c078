"""Watches that recover, informers and waiting, for asyncio and trio."""

from typing import TYPE_CHECKING

from kubex.lazy_import import lazy_attributes
from kubex_runtime._machine.backoff import Backoff, Failure
from kubex_runtime._machine.changes import Added, Change, Deleted, Modified, Synced
from kubex_runtime._machine.keys import Key

if TYPE_CHECKING:
    from kubex_runtime._follow import Follower, follow
    from kubex_runtime._wait import wait_for
else:
    __getattr__, __dir__ = lazy_attributes(__name__, {"Follower": "_follow", "follow": "_follow", "wait_for": "_wait"})

__all__ = [
    "Added",
    "Backoff",
    "Change",
    "Deleted",
    "Failure",
    "Follower",
    "Key",
    "Modified",
    "Synced",
    "follow",
    "wait_for",
]
