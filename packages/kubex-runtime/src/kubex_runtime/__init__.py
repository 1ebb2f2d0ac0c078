"""Watches that recover, informers and waiting, for asyncio and trio."""

from kubex_runtime._machine.changes import Added, Change, Deleted, Modified, Synced
from kubex_runtime._machine.keys import Key

__all__ = ["Added", "Change", "Deleted", "Key", "Modified", "Synced"]
