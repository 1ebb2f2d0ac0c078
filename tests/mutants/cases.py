"""The tests of mutants. `outcomes.py` runs pytest on this file, because most of these tests fail."""

import json
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from kubex_testing.compliance import ComplianceSuite
from mutants.outcomes import SELECTION
from mutants.registry import CORRECT_BACKENDS, MUTANTS, Mutant, names_of_tests

# In seconds. Tests of mutants often wait for an event that does not happen.
WAIT_TIMEOUT = 5.0


def class_for(name: str, tests: Iterable[str]) -> type[ComplianceSuite]:
    """Return a class with these tests, for a mutant or a correct backend."""
    mutant = MUTANTS.get(name)
    # pytest does not collect tests that are None.
    members: dict[str, Any] = dict.fromkeys({*names_of_tests(ComplianceSuite)} - {*tests})
    members |= {
        "__module__": __name__,
        "backend": CORRECT_BACKENDS[name] if mutant is None else mutant.backend,
        "native_cancellation": False,  # cancel in one way only
        "closes_tls_handshakes": False,
        "time_limit": 60.0 if mutant is None else 1.5 * WAIT_TIMEOUT,
    }
    if mutant is not None:
        members["_use_mutant"] = pytest.fixture(autouse=True)(_fixture(mutant))
    return type(f"Test{name}", (ComplianceSuite,), members)


def _fixture(mutant: Mutant) -> Callable[..., None]:
    def use_mutant(_self: object, monkeypatch: pytest.MonkeyPatch) -> None:
        for module in [module for name, module in sys.modules.items() if name.startswith("kubex_testing.compliance")]:
            if hasattr(module, "WAIT_TIMEOUT"):
                monkeypatch.setattr(module, "WAIT_TIMEOUT", WAIT_TIMEOUT)
        if mutant.patch is not None:
            mutant.patch(monkeypatch.setattr)

    return use_mutant


for _name, _tests in json.loads(os.environ[SELECTION]).items():
    globals()[f"Test{_name}"] = class_for(_name, _tests)
