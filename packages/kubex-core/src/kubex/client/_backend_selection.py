"""Find the installed HTTP backends by their entry points, and select one."""

import dataclasses
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from kubex.client._options import ClientOptions
from kubex.core._warnings import warn_caller
from kubex.errors import BackendError, NoBackendError
from kubex.transport import API_VERSION, MINIMUM_API_VERSION, Backend, IgnoredOption, LibraryDefaults

ENTRY_POINT_GROUP = "kubex.backends"
ENVIRONMENT_VARIABLE = "KUBEX_BACKEND"
RUNTIMES = [frozenset({"asyncio"}), frozenset({"trio"}), frozenset({"asyncio", "trio"})]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_OPTIONS = frozenset(option.name for option in dataclasses.fields(ClientOptions)) | {"timeout"}


class ClientChoise(str, Enum):
    """The name of a backend, or AUTO for the installed backend with the highest priority.

    `ClientChoice` is another name for this class.
    """

    AUTO = "auto"
    AIOHTTP = "aiohttp"
    HTTPX = "httpx"
    HTTPX2 = "httpx2"


ClientChoice = ClientChoise


@dataclass(frozen=True, slots=True)
class Candidate:
    """A backend that is installed or passed: its descriptor, or the reason why it cannot be used."""

    name: str
    plugin: str
    backend: Backend | None = None
    defect: str | None = None
    cause: BaseException | None = field(default=None, repr=False)

    def problem(self, runtime: str) -> str | None:
        """Return the reason why this backend cannot be used on an async library, None if it can be used."""
        if self.defect is None and self.backend is not None and runtime not in self.backend.runtimes:
            return f"runs on {', '.join(sorted(self.backend.runtimes))}, not on {runtime}"
        return self.defect


def installed_backends() -> Sequence[EntryPoint]:
    """Return the entry points of all installed backends."""
    # This takes 5 to 7 ms with 94 distributions, as long as a custom search of all files with entry points.
    return tuple(entry_points(group=ENTRY_POINT_GROUP))


def select_backend(
    wanted: ClientChoise | str | Backend,
    runtime: str,
    *,
    find: Callable[[], Sequence[EntryPoint]] = installed_backends,
    warn: Callable[[str], object] = warn_caller,
) -> Backend:
    """Select the backend for the current async library, and import its HTTP library. Blocks, so run it in a thread.

    `wanted` has priority, then the environment variable, then the backend with the highest `priority`. Raises
    BackendError if the selected backend cannot be used, and NoBackendError if no backend can be used.
    """
    if isinstance(wanted, Backend):
        return _import_library(_check_descriptor(wanted, wanted.name, "the argument client_class"), runtime)
    automatic = ClientChoise.AUTO.value
    name = wanted.value if isinstance(wanted, ClientChoise) else wanted
    if name == automatic:
        name = os.environ.get(ENVIRONMENT_VARIABLE, "").strip() or automatic
    points = find()
    return _select_automatically(points, runtime, warn) if name == automatic else _select_by_name(points, name, runtime)


def _select_by_name(points: Sequence[EntryPoint], name: str, runtime: str) -> Backend:
    """Import only the plugin with this name."""
    if not any(point.name == name for point in points):
        names = ", ".join(sorted({point.name for point in points})) or "none"
        raise NoBackendError(runtime, [(name, f"is not installed (installed: {names})")])
    return _import_library(load_descriptor(_unique_entry_point(points, name)), runtime)


def _select_automatically(points: Sequence[EntryPoint], runtime: str, warn: Callable[[str], object]) -> Backend:
    """Use the backend with the highest priority that can be imported; warn about plugins that cannot be loaded."""
    candidates = [load_descriptor(point) for point in points]
    skipped = [each for each in candidates if each.problem(runtime) is not None]
    for candidate in sorted((each for each in candidates if each not in skipped), key=_sort_key):
        _unique_entry_point(points, candidate.name)
        try:
            backend = _import_library(candidate, runtime)
        except BackendError as error:
            skipped.append(dataclasses.replace(candidate, defect=error.problem, cause=error.__cause__))
            continue
        for other in skipped:
            if other.defect is not None:
                warn(f"backend {other.name!r} is skipped, {backend.name!r} is used: {other.defect}")
        return backend
    cause = next((each.cause for each in skipped if each.cause is not None), None)
    raise NoBackendError(runtime, [(each.name, each.problem(runtime) or "") for each in skipped]) from cause


def load_descriptor(point: EntryPoint) -> Candidate:
    """Import the descriptor of an entry point, and check it."""
    distribution = point.dist.name if point.dist is not None else point.value
    plugin = f"the plugin {distribution} (entry point {point.name!r})"
    try:
        backend: object = point.load()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin can raise anything; the error is reported
        return Candidate(point.name, plugin, defect=f"{plugin} does not load: {_describe(error)}", cause=error)
    return _check_descriptor(backend, point.name, plugin)


def _check_descriptor(backend: object, name: str, plugin: str) -> Candidate:
    """Check a descriptor, which can be from a third party."""
    if not isinstance(backend, Backend):
        return Candidate(name, plugin, defect=f"{plugin} is not a kubex.transport.Backend but {_type_name(backend)}")
    problem = _find_version_problem(backend.api_version) or _find_field_problem(backend)
    if problem is None and backend.name != name:
        problem = f"the name of its Backend is {backend.name!r}, and must be equal to the name of the entry point"
    return Candidate(name, plugin, backend, defect=None if problem is None else f"{plugin}: {problem}")


def _find_version_problem(version: Any) -> str | None:
    if type(version) is not int:
        return f"api_version must be an integer, not {version!r}"
    if MINIMUM_API_VERSION <= version <= API_VERSION:
        return None
    accepted = " to ".join(map(str, sorted({MINIMUM_API_VERSION, API_VERSION})))
    newer = "kubex-core" if version > API_VERSION else "release of the plugin"
    return f"has version {version} of the contract, and kubex-core accepts {accepted}: install a newer {newer}"


def _find_field_problem(backend: Backend) -> str | None:
    """Return the problem with the first invalid field, or None."""
    # A third party may not use type checkers, so the types are checked, too.
    fields: Any = backend
    if not isinstance(fields.name, str) or not _NAME.fullmatch(fields.name) or fields.name == ClientChoise.AUTO.value:
        return f"name must consist of letters, digits, '.', '_' and '-', and not be 'auto': {fields.name!r}"
    if type(fields.priority) is not int:
        return f"priority must be an integer, not {fields.priority!r}"
    if fields.runtimes not in RUNTIMES:
        return f"runtimes must be a frozenset of 'asyncio' and 'trio', not {fields.runtimes!r}"
    if not isinstance(fields.defaults, LibraryDefaults):
        return f"defaults must be LibraryDefaults, not {_type_name(fields.defaults)}"
    for name in ("load", "websocket", "proxy", "http2"):
        if not callable(getattr(fields, name)):
            return f"{name} must be callable, not {_type_name(getattr(fields, name))}"
    for ignored in fields.ignores:
        if not isinstance(ignored, IgnoredOption):
            return f"ignores must consist of IgnoredOption, not {_type_name(ignored)}"
        if ignored.option not in _OPTIONS:
            return f"ignores has the option {ignored.option!r}, which ClientOptions does not have"
    return None


def _import_library(candidate: Candidate, runtime: str) -> Backend:
    """Import the HTTP library; raises BackendError if the backend cannot be used."""
    problem = candidate.problem(runtime)
    if problem is not None or candidate.backend is None:
        raise BackendError(candidate.name, problem or "") from candidate.cause
    try:
        create: object = candidate.backend.load()
    except (Exception, SystemExit) as error:
        raise BackendError(candidate.name, f"{candidate.plugin} cannot be imported: {_describe(error)}") from error
    if not callable(create):
        raise BackendError(
            candidate.name, f"{candidate.plugin}: load() must return a callable, not {_type_name(create)}"
        )
    return candidate.backend


def _unique_entry_point(points: Iterable[EntryPoint], name: str) -> EntryPoint:
    matching = [point for point in points if point.name == name]
    if len(matching) > 1:
        owners = " and ".join(sorted(point.dist.name if point.dist is not None else point.value for point in matching))
        raise BackendError(name, f"two distributions register this name: {owners}; uninstall one")
    return matching[0]


def _sort_key(candidate: Candidate) -> tuple[int, str]:
    return -(candidate.backend.priority if candidate.backend is not None else 0), candidate.name


def _type_name(value: object) -> str:
    return type(value).__name__


def _describe(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
