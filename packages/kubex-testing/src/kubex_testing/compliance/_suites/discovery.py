"""The descriptor of a backend, and its entry point."""

import subprocess
import sys
from importlib.metadata import EntryPoint, entry_points

import pytest

from kubex.client import ClientOptions, create_client
from kubex.configuration import ClientConfiguration
from kubex.transport import API_VERSION, MINIMUM_API_VERSION, TransportConfig
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance._capabilities import requires
from kubex_testing.compliance.servers import ServerConnection, StartServer

# Prints the module of the transport if importing the descriptor has already imported it.
IMPORT_DESCRIPTOR = """
import importlib, sys
module, _, attribute = sys.argv[1].partition(":")
backend = getattr(importlib.import_module(module), attribute)
backend.websocket(), backend.http2(), backend.proxy("http", "https")
imported = set(sys.modules)
print(*{backend.load().__module__} & imported)
"""


class DiscoveryTests(BackendTests):
    """The descriptor of the backend, and its entry point."""

    def _entry_point(self) -> EntryPoint:
        found = [entry for entry in entry_points(group="kubex.backends") if entry.name == self.backend.name]
        assert len(found) == 1, f"{len(found)} entry points in the group kubex.backends are named {self.backend.name!r}"
        return found[0]

    def test_api_version_is_supported(self) -> None:
        """`Backend.api_version` is a version of the contract that the installed kubex-core supports."""
        assert MINIMUM_API_VERSION <= self.backend.api_version <= API_VERSION

    def test_runtimes_are_known(self) -> None:
        """`Backend.runtimes` contains `asyncio`, `trio` or both."""
        assert self.backend.runtimes
        assert self.backend.runtimes <= {"asyncio", "trio"}

    async def test_load_returns_a_factory_of_transports(self) -> None:
        """`Backend.load()` returns a function that creates a transport from a TransportConfig."""
        config = TransportConfig()
        transport = self.backend.load()(config)
        assert transport.config is config
        await transport.aclose()

    @requires("entry_point")
    def test_entry_point_has_the_name_of_the_backend(self) -> None:
        """The entry point in the group `kubex.backends` has the name of the backend, and refers to its descriptor."""
        assert self._entry_point().load() is self.backend

    @requires("entry_point")
    def test_descriptor_is_imported_without_the_transport(self) -> None:
        """Importing the descriptor, and calling its functions except `load()`, does not import the transport."""
        command = [sys.executable, "-c", IMPORT_DESCRIPTOR, self._entry_point().value]
        process = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
        assert process.returncode == 0, process.stderr
        assert process.stdout.strip() == "", "this module must be imported in load()"

    @requires("entry_point")
    async def test_create_client_finds_the_backend_by_its_name(
        self, start_server: StartServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """`create_client(client_class=name)` finds the backend, and a request of the client arrives."""

        def respond_version(connection: ServerConnection) -> None:
            while connection.read_request():
                body = b'{"major":"1","minor":"37","gitVersion":"v1.37.2"}'
                connection.respond(body, headers="Content-Type: application/json\r\n")

        monkeypatch.delenv("KUBEX_BACKEND", raising=False)
        server = start_server(respond_version)
        configuration = ClientConfiguration(url=server.url + "/prefix", token="abc")
        options = ClientOptions(proxy=None)
        async with create_client(configuration, client_class=self.backend.name, options=options) as client:
            assert client.backend is self.backend
            assert (await client.version()).git_version == "v1.37.2"
        assert server.requests[0].target == "/prefix/version"
        assert server.requests[0].header("authorization") == "Bearer abc"
