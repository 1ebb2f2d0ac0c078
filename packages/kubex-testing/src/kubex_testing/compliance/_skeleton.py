"""The skeleton of a backend: a distribution with a descriptor, an incomplete transport, and the compliance suite."""

import re
from pathlib import Path
from string import Template

from kubex.client import ClientChoise

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

_PYPROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "kubex-$name"
version = "0.1.0"
description = "A backend of the Kubex Kubernetes client."
requires-python = ">=3.10"
dependencies = ["kubex-core>=0.3,<0.4"]

[project.entry-points."kubex.backends"]
$name = "$package:BACKEND"

[dependency-groups]
test = ["kubex-testing>=0.3,<0.4", "trio>=0.31"]

[tool.hatch.build.targets.wheel]
packages = ["src/$package"]
"""

_DESCRIPTOR = '''\
"""A backend of Kubex. Importing this module does not import the HTTP library."""

from kubex.transport import Backend, LibraryDefaults, Timeout, Transport


def load() -> type[Transport]:
    """Import the HTTP library and return the transport."""
    from $package._transport import ${prefix}Transport

    return ${prefix}Transport


def check_proxy(proxy: str, server: str) -> str | None:
    """Return None if a proxy is supported, or else the reason and the remedy."""
    return "this backend does not support proxies"


BACKEND = Backend(
    name="$name",
    api_version=2,
    load=load,
    runtimes=frozenset({"asyncio"}),
    defaults=LibraryDefaults(timeout=Timeout(connect=5, read=5, write=5, pool=5), keep_alive_timeout=5),
    proxy=check_proxy,
)
"""The descriptor, which the entry point in pyproject.toml names."""
'''

_TRANSPORT = '''\
"""The transport. Replace each NotImplementedError."""

from kubex.errors import TransportError
from kubex.transport import (
    ConnectGuard,
    ExceptionTable,
    PreparedRequest,
    StreamResponse,
    Transport,
    TransportConfig,
)

# The first matching row applies. Write rows for the exceptions of your library before the last one.
ERRORS: ExceptionTable = ((Exception, TransportError),)


class ${prefix}Transport(Transport):
    """The connections to one server."""

    errors = ERRORS

    def __init__(self, config: TransportConfig) -> None:
        super().__init__(config)
        # Create the connection pool of the library from the config here.

    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        """Send the request once, and return the response when its headers have arrived."""
        raise NotImplementedError("send the request and return a ${prefix}Response")

    async def close_connections(self) -> None:
        """Close every connection, so that open requests end with an exception."""
        # Close the connection pool of the library here.


class ${prefix}Response(StreamResponse):
    """A response whose headers have arrived. Call `super().__init__(request, status, headers)`."""

    async def next_chunk(self) -> bytes:
        """Return the next bytes of the body as they arrive, without decompressing them; `b""` at the end."""
        raise NotImplementedError("return the next bytes of the body")

    async def aclose(self, *, ended: bool) -> None:
        """Release the connection. Close it unless the body has ended."""
        raise NotImplementedError("release the connection")
'''

_TESTS = """\
from $package import BACKEND
from kubex_testing.compliance import ComplianceSuite


class Test${prefix}(ComplianceSuite):
    backend = BACKEND
"""

_FILES = {
    "pyproject.toml": _PYPROJECT,
    "src/$package/__init__.py": _DESCRIPTOR,
    "src/$package/_transport.py": _TRANSPORT,
    "src/$package/py.typed": "",
    "tests/test_compliance.py": _TESTS,
}


class SkeletonError(Exception):
    """The skeleton cannot be written; the message names the reason and the remedy."""


def write_skeleton(name: str, parent: Path) -> Path:
    """Write the skeleton of a backend to the new folder `kubex-NAME`, and return this folder."""
    if not _NAME.fullmatch(name):
        raise SkeletonError(
            f"{name!r} is not valid: use lower-case letters, digits and single dashes, such as 'my-lib'"
        )
    if name in {choice.value for choice in ClientChoise}:
        raise SkeletonError(f"{name!r} is a name of Kubex: use another one")
    folder = parent / f"kubex-{name}"
    if folder.exists():
        raise SkeletonError(f"{folder} exists: delete it, or use another name")
    values = {
        "name": name,
        "package": folder.name.replace("-", "_"),
        "prefix": "".join(part.capitalize() for part in name.split("-")),
    }
    for path, text in _FILES.items():
        file = folder / Template(path).substitute(values)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(Template(text).substitute(values), encoding="utf-8")
    return folder
