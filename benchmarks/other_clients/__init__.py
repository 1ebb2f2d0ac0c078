"""Compares Kubex with other clients: `python -m benchmarks.other_clients`. See docs/benchmarks.md."""
