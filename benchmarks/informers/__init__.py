"""Measures informers: `python -m benchmarks.informers`. See docs/benchmarks.md."""
