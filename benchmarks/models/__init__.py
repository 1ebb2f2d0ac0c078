"""Benchmarks of the generated models without a network: `python -m benchmarks.models`. See docs/benchmarks.md."""
