"""The list of mutants, and the decorators that add to it."""

import dataclasses
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import kubex_testing.compliance as suites
from kubex.transport import Backend, Transport
from kubex_aiohttp import BACKEND as AIOHTTP
from kubex_httpx import BACKEND as HTTPX
from kubex_testing.compliance import BackendTests, ComplianceSuite

T = TypeVar("T", bound=type[Transport])

Patch = Callable[[Callable[[object, str, object], None]], None]
"""A function that changes kubex-core; its argument is `MonkeyPatch.setattr`."""


@dataclass(frozen=True)
class Mutant:
    """A broken backend, or a broken kubex-core with a correct backend."""

    name: str
    duty: str
    """The rule that the mutant breaks, in one sentence."""

    test: str
    """The name of the test that must fail."""

    backend: Backend
    patch: Patch | None = None
    widespread: str = ""
    """Why more than a fifth of the tests fail, if they do."""

    @property
    def suite(self) -> str:
        """The suite that contains the test."""
        for name in suites.__all__:
            suite: Any = getattr(suites, name)
            if name not in ("BackendTests", "ComplianceSuite") and hasattr(suite, self.test):
                return name
        raise ValueError(f"no suite contains {self.test}, the test for the mutant {self.name}: correct the name")

    @property
    def layer(self) -> str:
        """The part that is broken: `core`, or the name of the backend."""
        return self.backend.name if self.patch is None else "core"


MUTANTS: dict[str, Mutant] = {}
"""All mutants by their names."""

CORRECT_BACKENDS = {"CorrectAiohttp": AIOHTTP, "CorrectHttpx": dataclasses.replace(HTTPX, runtimes=AIOHTTP.runtimes)}
"""The backends without a fault. Mutants run on asyncio only."""


def breaks(test: Callable[..., Any], *, widespread: str = "") -> Callable[[T], T]:
    """Register a transport class; its docstring is the duty, and the test must fail for it."""

    def register(transport: T) -> T:
        bases = [
            backend for backend in CORRECT_BACKENDS.values() if issubclass(transport, cast("type", backend.load()))
        ]
        backend = dataclasses.replace(bases[0], load=lambda: transport)
        _add(Mutant(transport.__name__, _duty(transport), test.__name__, backend, widespread=widespread))
        return transport

    return register


def breaks_core(test: Callable[..., Any], *, widespread: str = "") -> Callable[[Patch], Patch]:
    """Register a change of kubex-core; its docstring is the duty, and the test must fail for it."""

    def register(patch: Patch) -> Patch:
        name = "".join(word.capitalize() for word in patch.__name__.split("_"))
        _add(Mutant(name, _duty(patch), test.__name__, AIOHTTP, patch, widespread))
        return patch

    return register


def _duty(thing: object) -> str:
    duty = inspect.getdoc(thing)
    if duty is None or "\n" in duty:
        raise ValueError(f"{thing!r} needs a docstring of one line, which is the duty that it breaks")
    return duty


def _add(mutant: Mutant) -> None:
    if mutant.name in MUTANTS:
        raise ValueError(f"two mutants have the name {mutant.name}: rename one of them")
    if not hasattr(ComplianceSuite, mutant.test):
        raise ValueError(f"the suite does not contain {mutant.test}, the test for the mutant {mutant.name}")
    MUTANTS[mutant.name] = mutant


def names_of_tests(suite: type[BackendTests]) -> list[str]:
    """Return the names of all tests of a suite."""
    return [name for name in dir(suite) if name.startswith("test_")]
