"""Certificates and keys made at run time, for servers that live as long as a test."""

import datetime as dt
import ipaddress
import ssl
import tempfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")
LIFETIME = dt.timedelta(days=365)
# Containers and virtual machines may run a little behind the clock of whoever made the certificate.
CLOCK_SKEW = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Identity:
    """A certificate with its private key, both PEM."""

    cert_pem: str
    key_pem: str = field(repr=False)


class CertificateAuthority:
    """Issue certificates for servers and users; the private key of the authority never leaves memory."""

    def __init__(self, name: str = "kubex-testing CA") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(name)
        # VERIFY_X509_STRICT, on by default since Python 3.13, insists on these extensions and their criticality.
        builder = (
            _builder(subject, subject, self._key.public_key(), self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(signs_certificates=True), critical=True)
        )
        self._certificate = builder.sign(self._key, hashes.SHA256())

    @property
    def cert_pem(self) -> str:
        """The certificate of the authority: whom the other side has to trust."""
        return _certificate_pem(self._certificate)

    def server_identity(self, hosts: Iterable[str] = LOOPBACK_HOSTS) -> Identity:
        """Issue a certificate for a server reached by these host names and addresses."""
        names = [_general_name(host) for host in hosts]
        return self._issue(
            _name("kubex-testing server"),
            (x509.SubjectAlternativeName(names), x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])),
        )

    def client_identity(self, user: str, groups: Collection[str] = ()) -> Identity:
        """Issue a certificate that signs in as this user: the common name, with the groups as organizations.

        See https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates
        """
        return self._issue(_name(user, groups), (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]),))

    def _issue(self, subject: x509.Name, extensions: Iterable[x509.ExtensionType]) -> Identity:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = (
            _builder(subject, self._certificate.subject, key.public_key(), self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        return Identity(_certificate_pem(builder.sign(self._key, hashes.SHA256())), _key_pem(key))


def service_account_key() -> str:
    """Make an RSA private key, PEM, as API servers sign the tokens of service accounts with."""
    return _key_pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))


def server_context(identity: Identity, client_ca_pem: str | None = None) -> ssl.SSLContext:
    """Return a TLS context for a server; with a client CA it asks for a client certificate but needs none."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    load_identity(context, identity)
    if client_ca_pem is not None:
        context.load_verify_locations(cadata=client_ca_pem)
        context.verify_mode = ssl.CERT_OPTIONAL
    return context


def client_context(ca_pem: str | None, identity: Identity | None = None) -> ssl.SSLContext:
    """Return a TLS context for a client that trusts this authority alone; None: those that the system trusts."""
    context = ssl.create_default_context(cadata=ca_pem)
    if identity is not None:
        load_identity(context, identity)
    return context


def load_identity(context: ssl.SSLContext, identity: Identity) -> None:
    """Load a certificate and its key. OpenSSL reads them from files only: a private directory, gone right after."""
    with tempfile.TemporaryDirectory(prefix="kubex-testing-") as directory:
        chain = Path(directory) / "identity.pem"
        chain.touch(mode=0o600)
        chain.write_text(identity.key_pem + identity.cert_pem, encoding="ascii")
        context.load_cert_chain(chain)


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, signer: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.timezone.utc)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SKEW)
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), critical=False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str, organizations: Iterable[str] = ()) -> x509.Name:
    attributes = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in organizations]
    return x509.Name([*attributes, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _certificate_pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _key_pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
