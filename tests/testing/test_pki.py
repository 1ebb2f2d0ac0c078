"""Certificates that are created at run time, and the server handle."""

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
    """Create one authority for all tests, which do not modify it."""
    return CertificateAuthority()


def handshake(server: ssl.SSLContext, client: ssl.SSLContext, host: str) -> dict[str, Any]:
    """Connect both through a socket pair, and return the client certificate that the server received."""
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
def test_strict_client_accepts_the_server_certificate(authority: CertificateAuthority, host: str) -> None:
    client = client_context(authority.cert_pem)
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    assert handshake(server_context(authority.server_identity()), client, host) == {}


def test_client_rejects_another_host_and_another_authority(authority: CertificateAuthority) -> None:
    server = server_context(authority.server_identity())
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(server, client_context(authority.cert_pem), "example.com")
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(server, client_context(CertificateAuthority().cert_pem), "localhost")


def test_client_certificate_contains_the_user_and_all_groups(authority: CertificateAuthority) -> None:
    server = server_context(authority.server_identity(), authority.cert_pem)
    identity = authority.client_identity("jane", ["developers", "system:authenticated"])
    seen = handshake(server, client_context(authority.cert_pem, identity), "localhost")
    names = [pair for part in seen["subject"] for pair in part]
    assert names == [
        ("organizationName", "developers"),
        ("organizationName", "system:authenticated"),
        ("commonName", "jane"),
    ]


def test_server_with_a_client_authority_accepts_clients_without_a_certificate(authority: CertificateAuthority) -> None:
    server = server_context(authority.server_identity(), authority.cert_pem)
    assert handshake(server, client_context(authority.cert_pem), "localhost") == {}


def test_private_keys_are_neither_on_disk_nor_in_repr(
    authority: CertificateAuthority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    identity = authority.server_identity()
    server_context(identity)
    assert list(tmp_path.iterdir()) == []
    assert "PRIVATE KEY" not in repr(identity)


def test_service_account_key_is_rsa() -> None:
    key = load_pem_private_key(service_account_key().encode(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    assert key.key_size == 2048


@pytest.fixture
def handle(authority: CertificateAuthority) -> ServerHandle:
    """Return the handle of a server that does not exist."""
    return ServerHandle(
        "https://127.0.0.1:6443",
        ca_pem=authority.cert_pem,
        token="s3cret",
        client_cert_pem="cert",
        client_key_pem="key",
        issue_identity=authority.client_identity,
    )


def test_kubeconfig_contains_all_data_inline(handle: ServerHandle) -> None:
    document = yaml.safe_load(handle.kubeconfig("work"))
    [cluster], [user], [context] = document["clusters"], document["users"], document["contexts"]
    assert document["current-context"] == context["name"]
    assert context["context"] == {"cluster": cluster["name"], "user": user["name"], "namespace": "work"}
    assert cluster["cluster"]["server"] == "https://127.0.0.1:6443"
    assert base64.b64decode(cluster["cluster"]["certificate-authority-data"]).decode() == handle.ca_pem
    assert user["user"]["token"] == "s3cret"
    assert base64.b64decode(user["user"]["client-certificate-data"]) == b"cert"
    assert base64.b64decode(user["user"]["client-key-data"]) == b"key"


def test_kubeconfig_of_an_http_server_omits_certificates() -> None:
    document = yaml.safe_load(ServerHandle("http://127.0.0.1:8080").kubeconfig())
    assert document["clusters"][0]["cluster"] == {"server": "http://127.0.0.1:8080"}
    assert document["users"][0]["user"] == {}


def test_written_kubeconfig_is_private_even_if_it_replaces_a_file(handle: ServerHandle, tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    path.touch(mode=0o644)
    assert handle.write_kubeconfig(path, "work") == path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == handle.kubeconfig("work")
    assert list(tmp_path.iterdir()) == [path]


def test_handles_of_other_users_keep_the_server_and_replace_the_credentials(handle: ServerHandle) -> None:
    by_token, anonymous = handle.with_token("other"), handle.anonymous()
    assert (by_token.token, by_token.client_cert_pem, by_token.client_key_pem) == ("other", None, None)
    assert (anonymous.token, anonymous.client_cert_pem, anonymous.client_key_pem) == (None, None, None)
    jane = handle.as_user("jane", ["developers"])
    assert jane.token is None
    assert jane.client_cert_pem is not None
    assert jane.client_key_pem is not None
    assert (jane.url, jane.ca_pem) == (handle.url, handle.ca_pem)


@pytest.mark.parametrize(
    ("user", "groups", "message"),
    [
        ("", (), "user must have 1 to 64 bytes, which is the limit of certificates, not ''"),
        ("a" * 65, (), f"not '{'a' * 65}'; use anonymous"),
        ("jane", ("developers", ""), r"the groups of 'jane' must not contain an empty string: \['developers', ''\]"),
    ],
)
def test_as_user_with_a_name_that_a_certificate_cannot_contain_raises(
    user: str, groups: tuple[str, ...], message: str
) -> None:
    handle = ServerHandle("https://127.0.0.1:6443", issue_identity=CertificateAuthority().client_identity)
    with pytest.raises(ValueError, match=message):
        handle.as_user(user, groups)


def test_as_user_without_an_authority_raises() -> None:
    with pytest.raises(ValueError, match=r"127\.0\.0\.1:8080: .*use with_token"):
        ServerHandle("http://127.0.0.1:8080").as_user("jane")


def test_handle_hides_its_secrets_in_repr_and_can_be_pickled(handle: ServerHandle) -> None:
    assert "s3cret" not in repr(handle)
    assert "key" not in repr(handle)
    plain = ServerHandle(handle.url, token="s3cret", capabilities=frozenset({"api", "gc"}))
    assert pickle.loads(pickle.dumps(plain)) == plain


def test_configuration_has_the_same_values_as_the_handle(handle: ServerHandle) -> None:
    configuration = handle.configuration(namespace="work")
    assert configuration.url == handle.url
    assert configuration.server_ca_data == handle.ca_pem
    assert configuration.token == "s3cret"
    assert (configuration.client_cert_data, configuration.client_key_data) == ("cert", "key")
    assert configuration.namespace == "work"
