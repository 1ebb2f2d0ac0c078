"""The certificates made at run time, and the handle that carries them."""

import base64
import pickle
import socket
import ssl
import stat
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from kubex_testing import ServerHandle
from kubex_testing._pki import CertificateAuthority, client_context, server_context, service_account_key


@pytest.fixture(scope="module")
def authority() -> CertificateAuthority:
    """Give the tests one authority; they change nothing about it."""
    return CertificateAuthority()


def handshake(server: ssl.SSLContext, client: ssl.SSLContext, host: str) -> dict[str, Any]:
    """Connect both over a socket pair and return what the server learnt about the client."""
    near, far = socket.socketpair()
    learnt: dict[str, Any] = {}

    def serve() -> None:
        try:
            with far, server.wrap_socket(far, server_side=True) as connection:
                learnt.update(connection.getpeercert() or {})
                connection.sendall(b"!")
        except ssl.SSLError as error:
            learnt["error"] = error.reason

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with near, client.wrap_socket(near, server_hostname=host) as connection:
            connection.recv(1)
    finally:
        thread.join()
    return learnt


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_a_strict_client_accepts_the_server_certificate(authority: CertificateAuthority, host: str) -> None:
    client = client_context(authority.cert_pem)
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    assert handshake(server_context(authority.server_identity()), client, host) == {}


def test_a_client_refuses_another_host_and_another_authority(authority: CertificateAuthority) -> None:
    server = server_context(authority.server_identity())
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(server, client_context(authority.cert_pem), "example.com")
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(server, client_context(CertificateAuthority().cert_pem), "localhost")


def test_a_client_certificate_names_the_user_and_every_group(authority: CertificateAuthority) -> None:
    server = server_context(authority.server_identity(), authority.cert_pem)
    identity = authority.client_identity("jane", ["developers", "system:authenticated"])
    seen = handshake(server, client_context(authority.cert_pem, identity), "localhost")
    names = [pair for part in seen["subject"] for pair in part]
    assert names == [
        ("organizationName", "developers"),
        ("organizationName", "system:authenticated"),
        ("commonName", "jane"),
    ]


def test_a_server_with_a_client_authority_serves_clients_without_certificate(authority: CertificateAuthority) -> None:
    server = server_context(authority.server_identity(), authority.cert_pem)
    assert handshake(server, client_context(authority.cert_pem), "localhost") == {}


def test_no_private_key_stays_on_disk_or_shows_in_repr(
    authority: CertificateAuthority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    identity = authority.server_identity()
    server_context(identity)
    assert list(tmp_path.iterdir()) == []
    assert "PRIVATE KEY" not in repr(identity)


def test_the_service_account_key_is_rsa() -> None:
    key = load_pem_private_key(service_account_key().encode(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    assert key.key_size == 2048


@pytest.fixture
def handle(authority: CertificateAuthority) -> ServerHandle:
    """Give the test the handle of a server that does not exist."""
    return ServerHandle(
        "https://127.0.0.1:6443",
        ca_pem=authority.cert_pem,
        token="s3cret",
        client_cert_pem="cert",
        client_key_pem="key",
        issue_identity=authority.client_identity,
    )


def test_the_kubeconfig_carries_everything_inline(handle: ServerHandle) -> None:
    document = yaml.safe_load(handle.kubeconfig("work"))
    [cluster], [user], [context] = document["clusters"], document["users"], document["contexts"]
    assert document["current-context"] == context["name"]
    assert context["context"] == {"cluster": cluster["name"], "user": user["name"], "namespace": "work"}
    assert cluster["cluster"]["server"] == "https://127.0.0.1:6443"
    assert base64.b64decode(cluster["cluster"]["certificate-authority-data"]).decode() == handle.ca_pem
    assert user["user"]["token"] == "s3cret"
    assert base64.b64decode(user["user"]["client-certificate-data"]) == b"cert"
    assert base64.b64decode(user["user"]["client-key-data"]) == b"key"


def test_the_kubeconfig_of_a_plain_server_leaves_out_what_there_is_not() -> None:
    document = yaml.safe_load(ServerHandle("http://127.0.0.1:8080").kubeconfig())
    assert document["clusters"][0]["cluster"] == {"server": "http://127.0.0.1:8080"}
    assert document["users"][0]["user"] == {}


def test_a_written_kubeconfig_is_private_even_where_another_file_was(handle: ServerHandle, tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    path.touch(mode=0o644)
    assert handle.write_kubeconfig(path, "work") == path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == handle.kubeconfig("work")
    assert list(tmp_path.iterdir()) == [path]


def test_other_users_keep_the_server_but_not_the_credentials(handle: ServerHandle) -> None:
    by_token, anonymous = handle.with_token("other"), handle.anonymous()
    assert (by_token.token, by_token.client_cert_pem, by_token.client_key_pem) == ("other", None, None)
    assert (anonymous.token, anonymous.client_cert_pem, anonymous.client_key_pem) == (None, None, None)
    jane = handle.as_user("jane", ["developers"])
    assert jane.token is None
    assert jane.client_cert_pem is not None
    assert jane.client_key_pem is not None
    assert (jane.url, jane.ca_pem) == (handle.url, handle.ca_pem)


def test_a_server_without_an_authority_says_that_it_cannot_certify_users() -> None:
    with pytest.raises(ValueError, match=r"127\.0\.0\.1:8080 .*use with_token"):
        ServerHandle("http://127.0.0.1:8080").as_user("jane")


def test_the_handle_hides_its_secrets_and_survives_pickling(handle: ServerHandle) -> None:
    assert "s3cret" not in repr(handle)
    assert "key" not in repr(handle)
    plain = ServerHandle(handle.url, token="s3cret", capabilities=frozenset({"api", "gc"}))
    assert pickle.loads(pickle.dumps(plain)) == plain


def test_the_configuration_says_the_same(handle: ServerHandle) -> None:
    configuration = handle.configuration(namespace="work")
    assert configuration.url == handle.url
    assert configuration.server_ca_data == handle.ca_pem
    assert configuration.token == "s3cret"
    assert (configuration.client_cert_data, configuration.client_key_data) == ("cert", "key")
    assert configuration.namespace == "work"
