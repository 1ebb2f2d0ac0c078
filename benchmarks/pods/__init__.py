"""A Pod as rich as a real one: its model, and documents of it."""

from benchmarks.pods._pod import Pod

__all__ = ["Pod"]
