"""Benchmarks of the generated models without any network: `python -m benchmarks.models`. See docs/benchmarks.md."""
