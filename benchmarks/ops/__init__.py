"""Measures sets of objects: `python -m benchmarks.ops`. See docs/benchmarks.md."""
