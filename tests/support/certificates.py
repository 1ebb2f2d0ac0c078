"""Certificates for tests: valid ones, and others that strict checks reject."""

import ipaddress
import ssl
import tempfile
from collections.abc import Collection
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Extension = tuple[x509.ExtensionType, bool]

# The extensions that strict checks (ssl.VERIFY_X509_STRICT) require of a CA and of a server certificate.
CA_EXTENSIONS = frozenset({"constraints", "usage", "subject-key"})
SERVER_EXTENSIONS = frozenset({"names", "authority-key"})


def _subject(common_name: str) -> x509.Name:
    """Return a subject with this common name."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


class CertificateAuthority:
    """A certificate authority. Its server certificates are for 127.0.0.1 and kubernetes.test."""

    def __init__(self, extensions: Collection[str] = CA_EXTENSIONS, *, common_name: str = "authority") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _subject(common_name)
        constraints = x509.BasicConstraints(ca=True, path_length=None)
        available: dict[str, Extension] = {
            "constraints": (constraints, True),
            "noncritical-constraints": (constraints, False),
            "not-an-authority": (x509.BasicConstraints(ca=False, path_length=None), True),
            "usage": (_usage(), True),
            "subject-key": (x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), False),
        }
        selected = [available[extension] for extension in extensions]
        self.pem = _pem(self._sign(self._name, self._key, selected, days=(-1, 1)))

    def server_context(
        self, extensions: Collection[str] = SERVER_EXTENSIONS, *, days: tuple[int, int] = (-1, 1)
    ) -> ssl.SSLContext:
        """Return the TLS context of a server. `days` has the start and end of the validity, in days from now."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.load_new_certificate(context, extensions, days=days)
        return context

    def load_new_certificate(
        self,
        context: ssl.SSLContext,
        extensions: Collection[str] = SERVER_EXTENSIONS,
        *,
        days: tuple[int, int] = (-1, 1),
    ) -> None:
        """Load a new certificate into the TLS context of a server; new connections use it."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("kubernetes.test")]
        available: dict[str, Extension] = {
            "names": (x509.SubjectAlternativeName(names), False),
            "authority-key": (x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), False),
        }
        certificate = self._sign(_subject("server"), key, [available[extension] for extension in extensions], days=days)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "server.pem")
            path.write_text(_pem(certificate) + _key_pem(key))
            context.load_cert_chain(path)

    def _sign(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, extensions: list[Extension], *, days: tuple[int, int]
    ) -> x509.Certificate:
        now = datetime.now(timezone.utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=days[0]))
            .not_valid_after(now + timedelta(days=days[1]))
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(self._key, hashes.SHA256())


def _usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
