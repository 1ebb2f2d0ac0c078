"""Tests of exec plugins with a client: shared runs, rejected tokens, and rotated certificates."""

import json
import os
import traceback
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest

from client.conftest import FAST_RETRIES, MakeClient
from client.scripted_server import ResponseSequence, respond_error, respond_stream, respond_with
from kubex.api import Api
from kubex.client import Client, ClientOptions
from kubex.configuration import ClientConfiguration, ExecPlugin
from kubex.credentials import ExecCredentials
from kubex.errors import ConfigurationError, DeadlineExceeded, Unauthorized
from kubex.transport import Backend
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing import ServerHandle
from kubex_testing.compliance.servers import Server, ServerConnection, StartServer
from kubex_testing.embedded import Answer, EmbeddedServer
from support.exec_plugins import PluginListener, PluginScript

pytestmark = [pytest.mark.anyio, pytest.mark.covers("pitfall-30")]

UNAUTHORIZED = respond_error("401 Unauthorized", b"who are you?")
SECRET = "s3cr3t-value"


@pytest.fixture
def script(tmp_path: Path) -> PluginScript:
    return PluginScript(tmp_path / "plugin", 'print_credential(token=f"token-{run}")')


def tokens(server: Server) -> list[str]:
    return [(request.header("authorization") or "").removeprefix("Bearer ") for request in server.requests]


async def test_calls_and_streams_share_one_run(
    make_client: MakeClient, start_server: StartServer, script: PluginScript
) -> None:
    def respond(connection: ServerConnection) -> None:
        (respond_stream(b"chunk") if connection.server.requests[-1].target == "/log" else respond_with(b"{}"))(
            connection
        )

    # With one connection, the last recorded request belongs to this connection.
    server = start_server(ResponseSequence(respond))
    async with make_client(server, configuration={"exec": script.plugin()}, pool_size=1) as client:
        async with anyio.create_task_group() as group:
            for _ in range(10):
                group.start_soon(client.request, "GET", "/")
        async with client.stream("GET", "/log") as stream:
            assert await stream.receive() == b"chunk"
    assert tokens(server) == ["token-1"] * 11
    assert script.runs == 1


@pytest.mark.parametrize("streamed", [False, True])
async def test_rejected_token_is_renewed_and_the_call_is_repeated(
    make_client: MakeClient, start_server: StartServer, script: PluginScript, streamed: bool
) -> None:
    server = start_server(ResponseSequence(UNAUTHORIZED, respond_with(b"done")))
    async with make_client(server, configuration={"exec": script.plugin()}, retry=None) as client:
        if streamed:
            async with client.stream("GET", "/") as stream:
                assert await stream.receive() == b"done"
        else:
            assert (await client.request("POST", "/", body=b"{}")).body == b"done"
        await client.request("GET", "/")
    assert tokens(server) == ["token-1", "token-2", "token-2"]
    assert script.runs == 2


async def test_call_is_not_repeated_if_the_plugin_returns_the_same_token(
    make_client: MakeClient, start_server: StartServer, script: PluginScript
) -> None:
    script.replace_body('print_credential(token="t")')
    server = start_server(ResponseSequence(UNAUTHORIZED))
    async with make_client(server, configuration={"exec": script.plugin()}) as client:
        with pytest.raises(Unauthorized, match="who are you"):
            await client.request("GET", "/")
    assert tokens(server) == ["t"]
    assert script.runs == 2


async def test_server_that_rejects_every_token_causes_one_more_run(
    make_client: MakeClient, start_server: StartServer, script: PluginScript
) -> None:
    server = start_server(ResponseSequence(UNAUTHORIZED))
    async with make_client(server, configuration={"exec": script.plugin()}) as client:
        for _ in range(5):
            with pytest.raises(Unauthorized, match="who are you"):
                await client.request("GET", "/")
    assert tokens(server) == ["token-1", *["token-2"] * 5]
    assert script.runs == 2


async def test_error_of_a_plugin_after_a_401_mentions_the_401(
    make_client: MakeClient, start_server: StartServer, script: PluginScript
) -> None:
    server = start_server(ResponseSequence(UNAUTHORIZED))
    script.replace_body('print_credential(token="t") if run == 1 else sys.exit("log in")')
    async with make_client(server, configuration={"exec": script.plugin()}) as client:
        with pytest.raises(
            ConfigurationError, match=r"(?s)exit code 1.*log in.*the response to GET /.* had status 401"
        ):
            await client.request("GET", "/")
    assert tokens(server) == ["t"]


async def test_expired_token_is_used_for_one_call(
    make_client: MakeClient, start_server: StartServer, script: PluginScript
) -> None:
    script.replace_body('print_credential(token=f"token-{run}", expirationTimestamp="2020-01-01T00:00:00Z")')
    server = start_server(ResponseSequence(respond_with()))
    async with make_client(server, configuration={"exec": script.plugin()}) as client:
        await client.request("GET", "/")
        await client.request("GET", "/")
    assert tokens(server) == ["token-1", "token-2"]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (
            f'print_credential(token="{SECRET}"); print("log in first", file=sys.stderr); sys.exit(7)',
            "exit code 7; .*\nlog in first",
        ),
        (f'print(\'{{"status": {{"token": "{SECRET}"\')', "in JSON or YAML on standard output"),
        (
            f'print_credential(clientCertificateData="{SECRET}", clientKeyData="{SECRET}")',
            "OpenSSL cannot load the certificate",
        ),
        (f'print_credential(token="{SECRET}", clientKeyData="{SECRET}")', "only one of the two is set"),
        (f'print_credential(token="{SECRET}\\n")', "is not a token"),
    ],
)
async def test_failing_plugin_raises_before_sending_and_shows_no_secret(
    make_client: MakeClient,
    start_server: StartServer,
    script: PluginScript,
    caplog: pytest.LogCaptureFixture,
    body: str,
    problem: str,
) -> None:
    script.replace_body(body)
    server = start_server(ResponseSequence(respond_with()))
    plugin = script.plugin(args=(SECRET,), env={"KUBEX_SECRET": SECRET})
    caplog.set_level("DEBUG")
    async with make_client(server, configuration={"exec": plugin}) as client:
        with pytest.raises(ConfigurationError, match=rf"(?s)exec plugin '.*{problem}") as caught:
            await client.request("GET", "/")
        with pytest.raises(ConfigurationError):
            async with client.stream("GET", "/"):
                pass
    assert server.connections == 0
    output = [*traceback.format_exception(caught.value), repr(caught.value), repr(client), caplog.text]
    assert not any(SECRET in each for each in output)


async def test_error_of_a_missing_program_has_the_install_hint(
    make_client: MakeClient, start_server: StartServer, script: PluginScript
) -> None:
    server = start_server(ResponseSequence(respond_with()))
    (script.folder / "get-token").write_text("not a program yet")
    for command, problem in (
        (str(script.folder / "missing"), "does not exist"),
        (str(script.folder / "get-token"), "cannot be executed"),
    ):
        plugin = ExecPlugin(command=command, install_hint="apt install get-token")
        async with make_client(server, configuration={"exec": plugin}) as client:
            with pytest.raises(ConfigurationError, match=f"(?s){problem}.*\napt install get-token$"):
                await client.request("GET", "/")
    assert server.connections == 0


async def test_deadline_of_a_call_kills_the_plugin(
    make_client: MakeClient, start_server: StartServer, script: PluginScript
) -> None:
    server = start_server(ResponseSequence(respond_with()))
    with PluginListener() as listener:
        script.replace_body(f"connect({listener.port}).recv(1)")
        async with make_client(server, configuration={"exec": script.plugin(timeout=None)}) as client:
            async with anyio.create_task_group() as group:

                async def call() -> None:
                    with pytest.raises(DeadlineExceeded):
                        await client.request("GET", "/", request_timeout=3)

                group.start_soon(call)
                plugin = await listener.accept()
            assert plugin.was_reaped()
            await plugin.wait_for_exit()
    assert server.connections == 0


async def test_cluster_info_is_passed_to_the_plugin(
    make_client: MakeClient, start_server: StartServer, script: PluginScript
) -> None:
    server = start_server(ResponseSequence(respond_with()))
    plugin = script.plugin(provide_cluster_info=True, cluster_config={"audience": "kubex"})
    async with make_client(server, configuration={"exec": plugin}) as client:
        await client.request("GET", "/")
    assert script.exec_infos[0]["spec"]["cluster"] == {"server": server.url, "config": {"audience": "kubex"}}


class CertificatePlugin:
    """A plugin that prints the certificate of a user, with or without a token."""

    def __init__(self, server: EmbeddedServer, script: PluginScript) -> None:
        self.handle: ServerHandle = server.handle
        self.script = script
        script.replace_body("""
user = json.load(open(os.path.join(here, "user")))
print_credential(**user)
""")

    def switch_to_user(self, user: str | None, token: str | None = None) -> None:
        """Print the certificate of another user from the next run on."""
        certificate = self.handle.as_user(user, ["system:masters"]) if user is not None else None
        status = {
            "clientCertificateData": certificate.client_cert_pem if certificate is not None else None,
            "clientKeyData": certificate.client_key_pem if certificate is not None else None,
            "token": token,
        }
        (self.script.folder / "user").write_text(json.dumps(status))

    def configuration(self) -> ClientConfiguration:
        return ClientConfiguration(url=self.handle.url, server_ca_data=self.handle.ca_pem, exec=self.script.plugin())


@pytest.fixture
def certificates(kubex_server: EmbeddedServer, script: PluginScript) -> CertificatePlugin:
    return CertificatePlugin(kubex_server, script)


def users(server: EmbeddedServer) -> list[str | None]:
    return [None if request.certificate is None else request.certificate.name for request in server.requests]


async def test_new_certificate_is_used_by_the_next_call_and_streams_continue(
    kubex_server: EmbeddedServer, certificates: CertificatePlugin, backend: Backend
) -> None:
    certificates.switch_to_user("alice")
    options = ClientOptions(retry=FAST_RETRIES)
    async with Client(certificates.configuration(), options, backend=backend) as client:
        api = Api(ConfigMap, client)
        async with api.watch(resource_version="0") as events:
            await api.create(ConfigMap.model_validate({"metadata": {"name": "before"}}))
            certificates.switch_to_user("bob")
            await client.version()
            assert certificates.script.runs == 1
            kubex_server.inject("GET /version", Answer(401, b"who are you?"))
            await client.version()
            await api.create(ConfigMap.model_validate({"metadata": {"name": "after"}}))
            async for event in events:
                if event.object.metadata.name == "after":
                    break
    # Watch, create and version; the rejected version, and its repetition; the create that the open watch reports.
    assert users(kubex_server) == ["alice", "alice", "alice", "alice", "bob", "bob"]
    assert certificates.script.runs == 2


async def test_plugin_can_switch_between_a_certificate_and_a_token(
    kubex_server: EmbeddedServer,
    certificates: CertificatePlugin,
    backend: Backend,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ExecCredentials, "MIN_RENEWAL_INTERVAL", 0.0)  # the 401 responses follow each other immediately
    token = certificates.handle.token
    changes: list[Callable[[], None]] = [
        lambda: certificates.switch_to_user("alice"),
        lambda: certificates.switch_to_user(None, token),
        lambda: certificates.switch_to_user("bob", token),
    ]
    changes[0]()
    async with Client(certificates.configuration(), ClientOptions(retry=FAST_RETRIES), backend=backend) as client:
        await client.version()
        for change in changes[1:]:
            change()
            kubex_server.inject("GET /version", Answer(401, b"who are you?"))
            await client.version()
    sent = [
        (user, request.header("authorization") != "")
        for user, request in zip(users(kubex_server), kubex_server.requests, strict=True)
    ]
    assert sent == [("alice", False), ("alice", False), (None, True), (None, True), ("bob", True)]


async def test_keys_are_not_left_on_disk(
    kubex_server: EmbeddedServer,
    certificates: CertificatePlugin,
    backend: Backend,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", os.fspath(scratch))
    certificates.switch_to_user("alice")
    async with Client(certificates.configuration(), backend=backend) as client:
        await client.version()
        assert list(scratch.iterdir()) == []
    assert users(kubex_server) == ["alice"]
