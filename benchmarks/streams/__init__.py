"""Benchmarks and long runs of exec and port-forward."""
