"""Benchmarks that compare Kubex with the HTTP libraries: `python -m benchmarks`. See docs/benchmarks.md."""
