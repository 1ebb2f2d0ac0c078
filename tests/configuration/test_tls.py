"""Tests of the SSL context against real TLS servers: trust, server names, client certificates, and temporary files."""

import asyncio
import base64
import errno
import os
import signal
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest
import trio
import trustme
from cryptography.hazmat.primitives import serialization

from kubex.client._tls import build_ssl_context, is_strict
from kubex.client._tls_config import TLSConfig
from kubex.configuration import ClientConfiguration, credentials_for
from kubex.configuration._load import from_kubeconfig
from kubex.credentials import TLSIdentity
from kubex.credentials._ca_certificates import CAFile
from kubex.credentials._client_certificate import load_identity
from kubex.errors import ConfigurationError

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
NAME = "kubernetes.default.svc"


@pytest.fixture
def ca_pem(ca: trustme.CA) -> str:
    return ca.cert_pem.bytes().decode()


async def request_with_asyncio(port: int, context: ssl.SSLContext) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    writer.write(REQUEST)
    response = await reader.read()
    writer.close()
    await writer.wait_closed()
    return response


async def request_with_trio(port: int, context: ssl.SSLContext) -> bytes:
    stream = await trio.open_ssl_over_tcp_stream("127.0.0.1", port, ssl_context=context, https_compatible=True)
    async with stream:
        await stream.send_all(REQUEST)
        return b"".join([chunk async for chunk in stream])


@pytest.fixture
def send_request(anyio_backend_name: str) -> Callable[[int, ssl.SSLContext], Any]:
    """Return a function that sends a request with the TLS of the async library."""
    return request_with_trio if anyio_backend_name == "trio" else request_with_asyncio


def ssl_context_for(port: int, identity: TLSIdentity | None = None, **fields: Any) -> ssl.SSLContext:
    configuration = ClientConfiguration(url=f"https://127.0.0.1:{port}", **fields)
    file = configuration.server_ca_file
    ca_data = configuration.server_ca_data if file is None else CAFile(file).read()
    return build_ssl_context(configuration, TLSConfig(identity, ca_data), strict=is_strict(...))


@pytest.mark.anyio
async def test_ca_is_read_from_data_and_from_a_file(
    start_tls_server: Any, send_request: Any, ca_pem: str, tmp_path: Path
) -> None:
    server = start_tls_server("127.0.0.1")
    (tmp_path / "ca.pem").write_text(f"# ünïcode comments are common\n{ca_pem}")
    for fields in ({"server_ca_data": ca_pem}, {"server_ca_file": tmp_path / "ca.pem"}):
        assert (await send_request(server.port, ssl_context_for(server.port, **fields))).endswith(b"ok")


@pytest.mark.anyio
async def test_system_cas_are_trusted_by_default(
    start_tls_server: Any, send_request: Any, ca_pem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = start_tls_server("127.0.0.1")
    (tmp_path / "system.pem").write_text(ca_pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "system.pem"))
    assert (await send_request(server.port, ssl_context_for(server.port))).endswith(b"ok")


@pytest.mark.anyio
@pytest.mark.parametrize("fields", [{}, {"server_ca_data": True}])
async def test_server_certificates_of_other_cas_are_rejected(
    start_tls_server: Any, send_request: Any, ca_pem: str, fields: dict[str, Any]
) -> None:
    server = start_tls_server("127.0.0.1", issuer=trustme.CA())
    fields = dict.fromkeys(fields, ca_pem)
    with pytest.raises((ssl.SSLCertVerificationError, trio.BrokenResourceError)) as caught:
        await send_request(server.port, ssl_context_for(server.port, **fields))
    assert "verify failed" in repr((caught.value, caught.value.__cause__))


@pytest.mark.anyio
async def test_intermediate_ca_can_be_the_trust_anchor(
    start_tls_server: Any, send_request: Any, ca: trustme.CA
) -> None:
    intermediate = ca.create_child_ca()
    server = start_tls_server("127.0.0.1", issuer=intermediate)
    context = ssl_context_for(server.port, server_ca_data=intermediate.cert_pem.bytes().decode())
    assert (await send_request(server.port, context)).endswith(b"ok")


@pytest.mark.anyio
async def test_insecure_skip_tls_verify_accepts_any_certificate(start_tls_server: Any, send_request: Any) -> None:
    server = start_tls_server("elsewhere.example.com", issuer=trustme.CA())
    assert (await send_request(server.port, ssl_context_for(server.port, insecure_skip_tls_verify=True))).endswith(
        b"ok"
    )


@pytest.mark.anyio
async def test_tls_server_name_is_sent_and_verified(start_tls_server: Any, send_request: Any, ca_pem: str) -> None:
    server = start_tls_server(NAME)
    context = ssl_context_for(server.port, server_ca_data=ca_pem, tls_server_name=NAME)
    assert (await send_request(server.port, context)).endswith(b"ok")
    assert server.received[0].server_name == NAME


@pytest.mark.anyio
async def test_certificate_for_another_name_than_tls_server_name_is_rejected(
    start_tls_server: Any, send_request: Any, ca_pem: str
) -> None:
    server = start_tls_server("127.0.0.1")
    context = ssl_context_for(server.port, server_ca_data=ca_pem, tls_server_name=NAME)
    with pytest.raises((ssl.SSLCertVerificationError, trio.BrokenResourceError)) as caught:
        await send_request(server.port, context)
    assert "mismatch" in repr((caught.value, caught.value.__cause__))


def test_tls_server_name_applies_to_blocking_sockets(start_tls_server: Any, ca_pem: str) -> None:
    import socket

    server = start_tls_server(NAME)
    context = ssl_context_for(server.port, server_ca_data=ca_pem, tls_server_name=NAME)
    with (
        socket.create_connection(("127.0.0.1", server.port)) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as stream,
    ):
        stream.sendall(REQUEST)
        assert stream.recv(1024)
    assert server.received[0].server_name == NAME


@pytest.mark.parametrize("url", ["https://API.Example.com.", "https://api.example.com", "https://[FD00::1]:1"])
def test_tls_server_name_does_not_replace_the_name_of_a_proxy(url: str) -> None:
    """The same context is used for TLS to a proxy; the name of the proxy is verified there."""
    context = build_ssl_context(ClientConfiguration(url=url, tls_server_name=NAME), TLSConfig(), strict=True)
    host = "fd00::1" if "[" in url else "api.example.com"
    wrapped = context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname=host)
    assert wrapped.server_hostname == NAME
    other = context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="proxy.example.com")
    assert other.server_hostname == "proxy.example.com"


@pytest.mark.anyio
async def test_tls_server_name_works_in_httpx_and_through_a_proxy(
    start_tls_server: Any, start_proxy: Any, ca_pem: str
) -> None:
    server = start_tls_server(NAME)
    proxy = start_proxy(server.port)
    context = ssl_context_for(server.port, server_ca_data=ca_pem, tls_server_name=NAME)
    url = f"https://127.0.0.1:{server.port}/"
    for through in (None, f"http://127.0.0.1:{proxy.port}"):
        async with httpx.AsyncClient(verify=context, proxy=through, trust_env=False) as client:
            assert (await client.get(url)).text == "ok"
    assert [seen.server_name for seen in server.received] == [NAME, NAME]
    assert proxy.received[0].startswith("CONNECT 127.0.0.1:")


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_tls_server_name_works_in_aiohttp_and_through_a_proxy(
    start_tls_server: Any, start_proxy: Any, ca_pem: str
) -> None:
    server = start_tls_server(NAME)
    proxy = start_proxy(server.port)
    context = ssl_context_for(server.port, server_ca_data=ca_pem, tls_server_name=NAME)
    url = f"https://127.0.0.1:{server.port}/"
    for through in (None, f"http://127.0.0.1:{proxy.port}"):
        async with aiohttp.ClientSession() as session, session.get(url, ssl=context, proxy=through) as response:
            assert await response.text() == "ok"
    assert [seen.server_name for seen in server.received] == [NAME, NAME]
    assert proxy.received[0].startswith("CONNECT 127.0.0.1:")


@pytest.mark.anyio
async def test_client_certificate_is_presented(
    start_tls_server: Any, send_request: Any, ca_pem: str, client_pair: Any
) -> None:
    server = start_tls_server("127.0.0.1")
    identity = TLSIdentity(cert_pem=client_pair.cert_pem, key_pem=client_pair.key_pem)
    for each in (identity, None):
        await send_request(server.port, ssl_context_for(server.port, each, server_ca_data=ca_pem))
    assert [seen.client for seen in server.received] == ["alice", None]


@pytest.mark.anyio
@pytest.mark.parametrize("inline", [False, True])
async def test_comments_in_pem_files_may_have_any_encoding(
    start_tls_server: Any,
    send_request: Any,
    ca_pem: str,
    client_pair: Any,
    write_kubeconfig: Callable[..., Path],
    tmp_path: Path,
    inline: bool,
) -> None:
    server = start_tls_server("127.0.0.1")
    pems = {
        "certificate-authority": ca_pem,
        "client-certificate": client_pair.cert_pem,
        "client-key": client_pair.key_pem,
    }
    fields: dict[str, str] = {}
    for name, pem in pems.items():
        content = "Z\xfcrich\n".encode("latin-1") + pem.encode()
        (tmp_path / name).write_bytes(content)
        fields |= {f"{name}-data": base64.b64encode(content).decode()} if inline else {name: name}
    url = f"https://127.0.0.1:{server.port}"
    configuration = from_kubeconfig(write_kubeconfig({"server": url, **fields}, fields))
    identity = (await credentials_for(configuration).authenticate()).tls
    trust = {"server_ca_file": configuration.server_ca_file, "server_ca_data": configuration.server_ca_data}
    assert (await send_request(server.port, ssl_context_for(server.port, identity, **trust))).endswith(b"ok")
    assert [seen.client for seen in server.received] == ["alice"]


def test_minimum_version_is_tls_1_2() -> None:
    assert ssl_context_for(1).minimum_version is ssl.TLSVersion.TLSv1_2


@pytest.mark.covers("pitfall-33")
def test_keys_and_cas_leave_no_temporary_files(
    client_pair: Any, ca_pem: str, key_files: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "home").rmdir()
    cert, key = client_pair
    ssl_context_for(1, TLSIdentity(cert_pem=cert, key_pem=key), server_ca_data=ca_pem)
    with pytest.raises(ConfigurationError):
        ssl_context_for(1, TLSIdentity(cert_pem=cert, key_pem="no key"))
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(params=["memory", "disk"])
def key_files(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Store keys for OpenSSL in anonymous files (Linux) or in a temporary directory (other systems)."""
    if request.param == "disk":
        monkeypatch.delattr(os, "memfd_create", raising=False)
    elif not hasattr(os, "memfd_create"):
        pytest.skip("this system does not support memfd_create")
    return str(request.param)


@pytest.mark.covers("pitfall-33")
def test_temporary_key_files_are_private(client_pair: Any, key_files: str) -> None:
    paths: list[str] = []

    class InspectingContext(ssl.SSLContext):
        def load_cert_chain(self, certfile: Any, keyfile: Any = None, password: Any = None) -> None:
            paths.append(keyfile)
            if key_files == "disk":
                assert Path(keyfile).parent.stat().st_mode & 0o777 == 0o700
            super().load_cert_chain(certfile, keyfile, password)

    load_identity(
        InspectingContext(ssl.PROTOCOL_TLS_CLIENT), TLSIdentity(cert_pem=client_pair[0], key_pem=client_pair[1])
    )
    assert paths[0].startswith("/proc/self/fd/") == (key_files == "memory")
    assert not Path(paths[0]).exists(), "the file or the descriptor is closed"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux supports memfd_create")
@pytest.mark.covers("pitfall-33")
def test_killed_process_leaves_no_key_file(client_pair: Any, tmp_path: Path) -> None:
    program = """
import os, signal, ssl, sys
from kubex.credentials import TLSIdentity
from kubex.credentials._client_certificate import load_identity

class KillingContext(ssl.SSLContext):
    def load_cert_chain(self, certfile, keyfile=None, password=None):
        super().load_cert_chain(certfile, keyfile, password)
        os.kill(os.getpid(), signal.SIGKILL)

load_identity(KillingContext(ssl.PROTOCOL_TLS_CLIENT), TLSIdentity(cert_pem=sys.argv[1], key_pem=sys.argv[2]))
"""
    folder = tmp_path / "temporary"
    folder.mkdir()
    completed = subprocess.run(
        [sys.executable, "-c", program, *client_pair],
        check=False,
        env={**os.environ, "TMPDIR": str(folder)},
        timeout=60,
    )
    assert completed.returncode == -signal.SIGKILL
    assert list(folder.iterdir()) == []


def test_encrypted_key_raises_without_a_prompt(client_pair: Any) -> None:
    key = serialization.load_pem_private_key(client_pair.key_pem.encode(), None)
    for style in (serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL):
        encrypted = key.private_bytes(
            serialization.Encoding.PEM, style, serialization.BestAvailableEncryption(b"s3cr3t")
        ).decode()
        with pytest.raises(ConfigurationError, match="the private key is encrypted"):
            ssl_context_for(1, TLSIdentity(cert_pem=client_pair.cert_pem, key_pem=encrypted))


def test_unusable_certificate_and_key_pairs_raise(new_client_pair: Callable[[str], Any]) -> None:
    one, other = new_client_pair("one"), new_client_pair("other")
    for cert, key, problem in (
        (one.cert_pem, other.key_pem, "does not match the certificate"),
        ("no certificate", one.key_pem, "OpenSSL cannot load the certificate"),
        (one.cert_pem, "", "OpenSSL cannot load the certificate"),
    ):
        with pytest.raises(ConfigurationError, match=problem) as caught:
            ssl_context_for(1, TLSIdentity(cert_pem=cert, key_pem=key))
        assert "PRIVATE KEY" not in str(caught.value)


def test_missing_temporary_directory_raises_and_names_tmpdir(
    client_pair: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(name: str) -> int:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    monkeypatch.setattr(os, "memfd_create", unsupported, raising=False)  # as on an old kernel or in a sandbox
    with pytest.raises(ConfigurationError, match="set TMPDIR"):
        ssl_context_for(1, TLSIdentity(cert_pem=client_pair[0], key_pem=client_pair[1]))


@pytest.mark.parametrize("pem", ["", "text", "-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n"])
def test_ca_without_certificates_raises(tmp_path: Path, pem: str) -> None:
    path = tmp_path / "ca.pem"
    path.write_text(pem)
    with pytest.raises(ConfigurationError, match=f"{path}, server_ca_file: does not contain a PEM certificate"):
        ssl_context_for(1, server_ca_file=path)
    if pem:
        with pytest.raises(ConfigurationError, match="server_ca_data: does not contain a PEM certificate"):
            ssl_context_for(1, server_ca_data=pem)


BAD_BLOCKS = {
    "garbage": "-----BEGIN CERTIFICATE-----\nMIIBaaaa\n-----END CERTIFICATE-----\n",
    "not base64": "-----BEGIN CERTIFICATE-----\n????\n-----END CERTIFICATE-----\n",
    "missing end": "-----BEGIN CERTIFICATE-----\nMIIBaaaa\n",
}


@pytest.mark.anyio
@pytest.mark.parametrize("bad", BAD_BLOCKS.values(), ids=BAD_BLOCKS)
@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
async def test_unreadable_certificate_in_a_ca_bundle_is_skipped(
    start_tls_server: Any,
    send_request: Any,
    ca_pem: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    bad: str,
    first: bool,
) -> None:
    server = start_tls_server("127.0.0.1")
    pem = bad + ca_pem if first else ca_pem + bad
    (tmp_path / "ca.pem").write_text(pem)
    for fields in ({"server_ca_data": pem}, {"server_ca_file": tmp_path / "ca.pem"}):
        assert (await send_request(server.port, ssl_context_for(server.port, **fields))).endswith(b"ok")
    assert "server_ca_data: OpenSSL cannot load all certificates, so only 1 of 2 are trusted" in caplog.text
    assert f"{tmp_path / 'ca.pem'}, server_ca_file: OpenSSL cannot load all" in caplog.text


def test_missing_ca_file_raises(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="server_ca_file: cannot be read: No such file"):
        ssl_context_for(1, server_ca_file=tmp_path / "missing")
