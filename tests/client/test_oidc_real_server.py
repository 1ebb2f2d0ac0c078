"""Test of OpenID Connect with a real API server that trusts the provider."""

import base64
import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import trustme
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from client.oidc_provider import Provider, pem, server_context
from kubex.client import Client, ClientOptions
from kubex.configuration import ClientConfiguration
from kubex.transport import Backend
from kubex_testing import ServerHandle
from kubex_testing.compliance.servers import ConnectionHandler, Server
from kubex_testing.controlplane import ControlPlane, ControlPlaneUnavailable

pytestmark = pytest.mark.anyio

REVIEW = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Signer:
    """Signs tokens with an RSA key, because API servers do not accept HMAC."""

    def __init__(self) -> None:
        self.key: RSAPrivateKey = generate_private_key(public_exponent=65537, key_size=2048)

    def __call__(self, **claims: Any) -> str:
        """Create a signed token."""
        head = {"alg": "RS256", "typ": "JWT", "kid": "first"}
        signed = ".".join(encoded(json.dumps(part).encode()) for part in (head, claims))
        return f"{signed}.{encoded(self.key.sign(signed.encode(), PKCS1v15(), SHA256()))}"

    def keys(self) -> bytes:
        """Return the public keys as a JSON Web Key Set (RFC 7517)."""
        numbers = self.key.public_key().public_numbers()
        n, e = (encoded(number.to_bytes((number.bit_length() + 7) // 8, "big")) for number in (numbers.n, numbers.e))
        key = {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "first", "n": n, "e": e}
        return json.dumps({"keys": [key]}).encode()


class Realm(NamedTuple):
    """A provider, the CA of its certificate, and an API server that trusts the provider."""

    provider: Provider
    ca_pem: str
    handle: ServerHandle


@pytest.fixture(scope="module")
def realm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Realm]:
    """Start a provider and an API server."""
    ca, signer = trustme.CA(), Signer()
    ca_file: Path = tmp_path_factory.mktemp("provider") / "ca.pem"
    ca_file.write_text(pem(ca))
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.delenv("USE_EXISTING_CLUSTER", raising=False)

        def start_server(script: ConnectionHandler, **settings: Any) -> Server:
            return stack.enter_context(Server(script, **settings))

        provider = Provider(start_server, tls=server_context(ca, "127.0.0.1"))
        provider.sign, provider.jwks = signer, signer.keys()
        configuration = provider.discovery_document(jwks_uri=f"{provider.url}/keys")
        provider.discovery_script = lambda connection: connection.respond(
            configuration, headers="Connection: close\r\n"
        )
        flags = [f"--oidc-issuer-url={provider.url}", "--oidc-client-id=kubex", f"--oidc-ca-file={ca_file}"]
        flags += ["--oidc-username-claim=sub", "--oidc-username-prefix=oidc:"]
        try:
            handle = stack.enter_context(ControlPlane(controller_manager=False, extra_apiserver_args=flags))
        except ControlPlaneUnavailable as error:
            pytest.skip(str(error))
        yield Realm(provider, pem(ca), handle)


@pytest.mark.parametrize("initial_token", ["expired", "signed by another"])
async def test_real_api_server_accepts_refreshed_tokens(realm: Realm, backend: Backend, initial_token: str) -> None:
    provider, handle = realm.provider, realm.handle
    before = len(provider.refresh_requests)
    id_token = provider.expired_token
    if initial_token == "signed by another":
        id_token = provider.token(0).rpartition(".")[0] + "." + encoded(b"no signature")
    configuration = ClientConfiguration(
        url=handle.url,
        server_ca_data=handle.ca_pem,
        oidc=provider.settings(id_token=id_token, ca_data=realm.ca_pem),
    )
    async with Client(configuration, ClientOptions(), backend=backend) as client:
        path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
        responses = [await client.request("POST", path, json=REVIEW) for _ in range(2)]
    assert [json.loads(response.body)["status"]["userInfo"]["username"] for response in responses] == ["oidc:jane"] * 2
    assert len(provider.refresh_requests) == before + 1
