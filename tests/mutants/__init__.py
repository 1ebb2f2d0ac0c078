"""Backends that are broken on purpose, each in one duty, to check that the published suite finds the fault.

A mutant is a subclass of the transport of a backend, or a change of kubex-core. It is registered with the test that
must fail for it. `test_mutants.py` runs this test; `run.py` runs all tests and writes docs/development/mutants.md.
"""

from mutants import bodies, core, limits, pools, repeats, requests, responses, security, websockets

__all__ = ["bodies", "core", "limits", "pools", "repeats", "requests", "responses", "security", "websockets"]
