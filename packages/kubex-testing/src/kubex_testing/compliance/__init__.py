"""Tests for backends of Kubex, and the servers that they use."""

__all__: list[str] = []
