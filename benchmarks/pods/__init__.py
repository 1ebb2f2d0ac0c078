"""The Pod of the benchmarks, with the size of a real one: its model and its JSON documents."""

from benchmarks.pods._pod import Pod

__all__ = ["Pod"]
