"""Finding the HTTP backend: discover what is installed, select one, load it."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, distribution, distributions

from kubex.client._choice import ClientChoise
from kubex.core._caller import warn_caller
from kubex.core.exceptions import BackendError, NoBackendError
from kubex.transport import API_VERSION, MINIMUM_API_VERSION, Backend, Transport, TransportConfig

GROUP = "kubex.backends"
VARIABLE = "KUBEX_BACKEND"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An installed backend: its descriptor, or why there is none."""

    name: str
    distribution: str
    backend: Backend | None = None
    cause: Exception | None = field(default=None, repr=False)

    def defect(self) -> str | None:
        """Say why this backend cannot be used anywhere, None if it can."""
        if self.backend is None:
            return f"its plugin in {self.distribution} does not load: {type(self.cause).__name__}: {self.cause}"
        if not MINIMUM_API_VERSION <= self.backend.api_version <= API_VERSION:
            older = self.backend.api_version < MINIMUM_API_VERSION
            return (
                f"{self.distribution} implements version {self.backend.api_version} of the backend contract, this "
                f"kubex-core accepts {_versions()}: install a newer {self.distribution if older else 'kubex-core'}"
            )
        return None

    def problem(self, runtime: str) -> str | None:
        """Say why this backend cannot be used on an async library, None if it can."""
        defect = self.defect()
        if defect is None and self.backend is not None and runtime not in self.backend.runtimes:
            return f"runs on {', '.join(sorted(self.backend.runtimes))}, not on {runtime}"
        return defect


def installed() -> Sequence[EntryPoint]:
    """Return the entry points of all installed backends."""
    # Parsing the entry points of all that is installed takes far longer than looking for one word in them. A name may
    # be found twice on the path: what `distribution()` returns is the one that counts.
    names = {each.name for each in distributions() if GROUP in (each.read_text("entry_points.txt") or "")}
    return tuple(point for name in sorted(names) for point in distribution(name).entry_points.select(group=GROUP))


def discover(points: Iterable[EntryPoint]) -> list[Candidate]:
    """Load the descriptor of each entry point; one that does not load becomes a candidate with its cause."""
    candidates: list[Candidate] = []
    for point in points:
        distribution = point.dist.name if point.dist is not None else point.value
        try:
            backend = point.load()
            if not isinstance(backend, Backend):
                raise TypeError(f"{point.value} is no kubex.transport.Backend but {type(backend).__name__}")
        except Exception as error:  # noqa: BLE001 - a foreign module may raise anything; it is kept and reported
            candidates.append(Candidate(point.name, distribution, cause=error))
        else:
            candidates.append(Candidate(point.name, distribution, backend))
    return candidates


def select(
    candidates: Sequence[Candidate], *, wanted: ClientChoise | str | Backend, variable: str | None, runtime: str
) -> list[Candidate]:
    """Return the backends to try, best first: the argument, else the environment variable, else by priority.

    Raises BackendError if the named one cannot be used, NoBackendError if none can.
    """
    if isinstance(wanted, Backend):
        return [_usable(Candidate(wanted.name, wanted.name, wanted), runtime)]
    name = wanted.value if isinstance(wanted, ClientChoise) else wanted
    if name == ClientChoise.AUTO.value and variable:
        name = variable
    if name != ClientChoise.AUTO.value:
        return [_named(candidates, name, runtime)]
    usable = [candidate for candidate in candidates if candidate.problem(runtime) is None]
    if not usable:
        causes = (candidate.cause for candidate in candidates if candidate.cause is not None)
        raise NoBackendError(runtime, _reasons(candidates, runtime)) from next(causes, None)
    usable.sort(key=lambda candidate: (-_priority(candidate), candidate.name))
    _only(candidates, usable[0].name)
    return usable


def load(
    candidates: Sequence[Candidate],
    *,
    automatic: bool,
    runtime: str,
    others: Sequence[Candidate] = (),
    warn: Callable[[str], object] = warn_caller,
) -> tuple[Backend, Callable[[TransportConfig], Transport]]:
    """Import the first backend that can be; in automatic choice a broken one is a warning and the next is tried.

    `others` were not selected: they are named in the same warnings, and in the error when nothing can be imported.
    """
    broken = [(other, defect) for other in others if (defect := other.defect()) is not None]
    failures: list[tuple[Candidate, str]] = []
    cause: Exception | None = None
    for candidate in candidates:
        if candidate.backend is None:
            continue
        _only(candidates, candidate.name)
        try:
            transport = candidate.backend.load()
        except Exception as error:
            problem = f"{candidate.distribution} cannot be imported: {type(error).__name__}: {error}"
            if not automatic:
                raise BackendError(candidate.name, problem) from error
            failures.append((candidate, problem))
            cause = error
            continue
        for failed, problem in (*broken, *failures):
            warn(f"backend {failed.name!r} is passed over for {candidate.name!r}: {problem}")
        return candidate.backend, transport
    reasons = [(failed.name, problem) for failed, problem in failures]
    raise NoBackendError(runtime, [*_reasons(others, runtime), *reasons]) from cause


def choose(
    wanted: ClientChoise | str | Backend,
    runtime: str,
    *,
    find: Callable[[], Sequence[EntryPoint]] = installed,
    warn: Callable[[str], object] = warn_caller,
) -> Backend:
    """Choose the backend for the current async library and import it; that blocks, for a second at worst."""
    variable = os.environ.get(VARIABLE, "").strip()
    if variable == ClientChoise.AUTO.value:
        variable = ""
    candidates = [] if isinstance(wanted, Backend) else discover(find())
    chosen = select(candidates, wanted=wanted, variable=variable, runtime=runtime)
    automatic = wanted == ClientChoise.AUTO and not variable
    others = [candidate for candidate in candidates if candidate.problem(runtime) is not None] if automatic else ()
    return load(chosen, automatic=automatic, runtime=runtime, others=others, warn=warn)[0]


def _versions() -> str:
    return f"{API_VERSION}" if MINIMUM_API_VERSION == API_VERSION else f"{MINIMUM_API_VERSION} to {API_VERSION}"


def _reasons(candidates: Iterable[Candidate], runtime: str) -> list[tuple[str, str]]:
    return [(candidate.name, candidate.problem(runtime) or "") for candidate in candidates]


def _named(candidates: Sequence[Candidate], name: str, runtime: str) -> Candidate:
    if name not in {candidate.name for candidate in candidates}:
        names = ", ".join(sorted({candidate.name for candidate in candidates})) or "none"
        raise NoBackendError(runtime, [(name, f"is not installed (installed: {names})")])
    return _usable(_only(candidates, name), runtime)


def _only(candidates: Sequence[Candidate], name: str) -> Candidate:
    same = [candidate for candidate in candidates if candidate.name == name]
    if len(same) > 1:
        owners = " and ".join(sorted(candidate.distribution for candidate in same))
        raise BackendError(name, f"two distributions register this name: {owners}; uninstall one")
    return same[0]


def _usable(candidate: Candidate, runtime: str) -> Candidate:
    problem = candidate.problem(runtime)
    if problem is not None:
        raise BackendError(candidate.name, problem) from candidate.cause
    return candidate


def _priority(candidate: Candidate) -> int:
    return candidate.backend.priority if candidate.backend is not None else 0
