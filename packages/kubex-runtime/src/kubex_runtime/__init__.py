"""Watches that recover, informers and waiting, for asyncio and trio."""

from typing import TYPE_CHECKING

from kubex.lazy_import import lazy_attributes
from kubex_runtime._machine.backoff import Backoff, Failure
from kubex_runtime._machine.changes import Added, Change, Deleted, Modified, Synced
from kubex_runtime._machine.keys import Key

if TYPE_CHECKING:
    from kubex_runtime._changes import Changes
    from kubex_runtime._follow import Follower, follow
    from kubex_runtime._informer import Informer
    from kubex_runtime._machine.field_paths import JsonTransform, drop_fields, keep_fields
    from kubex_runtime._wait import wait_for
else:
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "Changes": "_changes",
            "Follower": "_follow",
            "Informer": "_informer",
            "JsonTransform": "_machine.field_paths",
            "drop_fields": "_machine.field_paths",
            "follow": "_follow",
            "keep_fields": "_machine.field_paths",
            "wait_for": "_wait",
        },
    )

__all__ = [
    "Added",
    "Backoff",
    "Change",
    "Changes",
    "Deleted",
    "Failure",
    "Follower",
    "Informer",
    "JsonTransform",
    "Key",
    "Modified",
    "Synced",
    "drop_fields",
    "follow",
    "keep_fields",
    "wait_for",
]
