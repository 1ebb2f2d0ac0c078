"""Benchmarks and long runs of exec, port-forward and files."""
