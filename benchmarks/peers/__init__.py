"""Other clients beside kubex, each in its own environment: `python -m benchmarks.peers`. See docs/benchmarks.md."""
