"""`python -m kubex`: print what a bug report needs. The output does not contain secrets."""

import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable
from email.utils import parsedate_to_datetime
from functools import partial
from importlib.metadata import distributions
from typing import NoReturn, cast

import anyio

from kubex.client import Client, ClientOptions
from kubex.client._backend_selection import ENVIRONMENT_VARIABLE, installed_backends, load_descriptor, select_backend
from kubex.configuration import ClientConfiguration, Kubeconfig, load_configuration
from kubex.errors import KubexError
from kubex.transport import Backend

_LIBRARIES = ("aiohttp", "anyio", "httpx", "httpx-ws", "httpx2", "msgspec", "pydantic", "pyyaml", "trio")
_CREDENTIALS = (
    "token",
    "token_file",
    "username",
    "client_cert_file",
    "client_cert_data",
    "exec",
    "oidc",
    "impersonate",
)
# Seconds for each request.
_TIMEOUT = 10


class _Report:
    """Prints each line when it is known, and stores whether something failed."""

    failed = False

    def line(self, name: str, text: object = "") -> None:
        lines = str(text).replace("\n", "\n    ")
        sys.stdout.write(f"{name}: {lines}\n" if lines else f"{name}\n")
        sys.stdout.flush()

    def error(self, name: str, error: Exception) -> None:
        self.failed = True
        self.line(name, f"{type(error).__name__}: {error}")


def _print_versions(report: _Report) -> None:
    report.line("Python", f"{platform.python_version()} ({platform.python_implementation()}, {platform.platform()})")
    installed = {(each.name or "").lower(): each.version for each in distributions()}
    for name in sorted(name for name in installed if name.startswith("kubex") or name in _LIBRARIES):
        report.line(f"  {name}", installed[name])


def _select(report: _Report) -> Backend | None:
    """Print the backends, and return the one that is used with asyncio."""
    report.line("Backends")
    for point in installed_backends():
        candidate = load_descriptor(point)
        backend = candidate.backend
        runtimes = f"priority {backend.priority}, {', '.join(sorted(backend.runtimes))}" if backend else ""
        report.line(f"  {point.name}", candidate.defect or runtimes)
    wanted = os.environ.get(ENVIRONMENT_VARIABLE, "").strip()
    reason = f"{ENVIRONMENT_VARIABLE}={wanted}" if wanted else "the highest priority of those that can be used"
    warn = partial(report.line, "  warning")
    selected = {runtime: _try_select(runtime, warn) for runtime in ("asyncio", "trio")}
    for runtime, result in selected.items():
        report.line(f"  selected on {runtime}", f"{result.name} ({reason})" if isinstance(result, Backend) else result)
    result = selected["asyncio"]
    if isinstance(result, Backend):
        return result
    report.failed = True
    return None


def _try_select(runtime: str, warn: Callable[[str], object]) -> Backend | KubexError:
    try:
        return select_backend("auto", runtime, warn=warn)
    except KubexError as error:
        return error


async def _configuration(report: _Report) -> ClientConfiguration | None:
    report.line("Configuration")
    try:
        configuration = await load_configuration()
    except KubexError as error:
        report.error("  error", error)
        return None
    try:
        kubeconfig = await Kubeconfig.read()
        report.line("  kubeconfig", f"{', '.join(map(str, kubeconfig.files))}, context {kubeconfig.current}")
    except KubexError:
        report.line("  in a pod", "the service account")
    report.line("  server", configuration.url)
    report.line("  namespace", configuration.namespace or "default")
    names = [name for name in _CREDENTIALS if getattr(configuration, name) is not None]
    report.line("  credentials", ", ".join(names) or "none")
    return configuration


async def _print_server(report: _Report, configuration: ClientConfiguration, backend: Backend) -> None:
    report.line("Server")
    try:
        async with Client(configuration, ClientOptions(retry=None), backend=backend) as client:
            version = await client.version(request_timeout=_TIMEOUT)
            report.line("  version", f"{version.git_version} ({version.platform})")
            await _print_user(report, client)
    except KubexError as error:
        report.error("  error", error)


async def _print_user(report: _Report, client: Client) -> None:
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    sent = time.time()
    response = await client.request("POST", path, json=review, request_timeout=_TIMEOUT)
    received = time.time()
    if date := response.headers.get("Date"):
        # The header does not contain fractions of a second.
        ahead = parsedate_to_datetime(date).timestamp() + 0.5 - (sent + received) / 2
        report.line("  clock", f"{ahead:+.0f} s compared with this machine ({received - sent:.3f} s per request)")
    user = json.loads(response.body)["status"]["userInfo"]
    groups = ", ".join(cast("Iterable[str]", user.get("groups") or ()))
    report.line("  user", f"{user.get('username')} (groups: {groups})")


async def _main() -> bool:
    report = _Report()
    _print_versions(report)
    backend = _select(report)
    configuration = await _configuration(report)
    if configuration is not None and backend is not None:
        await _print_server(report, configuration, backend)
    return report.failed


def main() -> NoReturn:
    """Print the report; the exit code is 1 if something failed."""
    sys.exit(int(anyio.run(_main)))


if __name__ == "__main__":
    main()
