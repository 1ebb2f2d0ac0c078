"""Replaces pytest-kind for test suites that would create a cluster in a container."""
