"""A random comparison of the embedded server with a real kube-apiserver.

`python -m testing.comparison` sends random sequences of requests to both servers, and groups the differences of the
responses. `PYTHONPATH=tests` makes the package importable.
"""
