"""Benchmarks of kubex beside the bare HTTP libraries: `python -m benchmarks`. See docs/benchmarks.md."""
