"""Certificates and keys that are created at run time for test servers."""

import datetime as dt
import ssl
import tempfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")
LIFETIME = dt.timedelta(days=365)
# The clock of a container or a virtual machine may be behind the clock of the process that issues the certificate.
CLOCK_SKEW = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Identity:
    """A certificate and its private key, both PEM."""

    cert_pem: str
    key_pem: str = field(repr=False)


class CertificateAuthority:
    """A certificate authority for servers and users. Its private key stays in memory."""

    def __init__(self) -> None:
        self._authority = trustme.CA(organization_name="kubex-testing")

    @property
    def cert_pem(self) -> str:
        """The certificate of the authority, which clients and servers must trust."""
        return self._authority.cert_pem.bytes().decode()

    def server_identity(self, hosts: Iterable[str] = LOOPBACK_HOSTS) -> Identity:
        """Issue a server certificate for these host names and IP addresses."""
        issued = self._authority.issue_cert(*hosts, organization_name="kubex-testing")
        return Identity(issued.cert_chain_pems[0].bytes().decode(), issued.private_key_pem.bytes().decode())

    def client_identity(self, user: str, groups: Collection[str] = ()) -> Identity:
        """Issue a client certificate with the user as common name and the groups as organizations.

        See https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates
        """
        # trustme supports only one organization in a certificate, so build this one directly.
        authority = x509.load_pem_x509_certificate(self._authority.cert_pem.bytes())
        signer: Any = serialization.load_pem_private_key(self._authority.private_key_pem.bytes(), password=None)
        key = ec.generate_private_key(ec.SECP256R1())
        subject = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
        now = dt.datetime.now(dt.timezone.utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([*subject, x509.NameAttribute(NameOID.COMMON_NAME, user)]))
            .issuer_name(authority.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - CLOCK_SKEW)
            .not_valid_after(now + LIFETIME)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        )
        certificate = builder.sign(signer, hashes.SHA256())
        return Identity(certificate.public_bytes(serialization.Encoding.PEM).decode(), _key_pem(key))


def service_account_key() -> str:
    """Create an RSA private key (PEM) that an API server can use to sign service account tokens."""
    return _key_pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))


def server_context(identity: Identity, client_ca_pem: str | None = None) -> ssl.SSLContext:
    """Return a TLS context for a server. With a client CA, client certificates are requested but optional."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    load_identity(context, identity)
    if client_ca_pem is not None:
        context.load_verify_locations(cadata=client_ca_pem)
        context.verify_mode = ssl.CERT_OPTIONAL
    return context


def client_context(ca_pem: str | None, identity: Identity | None = None) -> ssl.SSLContext:
    """Return a TLS context for a client that trusts only this authority, or the system's authorities for None."""
    context = ssl.create_default_context(cadata=ca_pem)
    if identity is not None:
        load_identity(context, identity)
    return context


def load_identity(context: ssl.SSLContext, identity: Identity) -> None:
    """Load a certificate and its key into a context."""
    # The ssl module loads them only from files, so write them to a private directory and remove it at once.
    with tempfile.TemporaryDirectory(prefix="kubex-testing-") as directory:
        chain = Path(directory) / "identity.pem"
        # Create the file with this mode before the key is written.
        chain.touch(mode=0o600)
        chain.write_text(identity.key_pem + identity.cert_pem, encoding="ascii")
        context.load_cert_chain(chain)


def _key_pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
