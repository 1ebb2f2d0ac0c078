"""Certificates made at run time, good ones and such as strict checks refuse."""

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

# By which strict checks ask for more than others: without them on the authority, or on what it signed.
OF_AUTHORITIES = frozenset({"constraints", "usage", "subject-key"})
OF_SERVERS = frozenset({"names", "authority-key"})


def name(text: str) -> x509.Name:
    """Make the name of a subject."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    """An authority with certain extensions; its servers are called 127.0.0.1 and kubernetes.test."""

    def __init__(self, extensions: Collection[str] = OF_AUTHORITIES, *, called: str = "authority") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = name(called)
        constraints = x509.BasicConstraints(ca=True, path_length=None)
        known: dict[str, Extension] = {
            "constraints": (constraints, True),
            "lax-constraints": (constraints, False),
            "not-an-authority": (x509.BasicConstraints(ca=False, path_length=None), True),
            "usage": (_usage(), True),
            "subject-key": (x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), False),
        }
        chosen = [known[extension] for extension in extensions]
        self.pem = _pem(self._sign(self._name, self._key, chosen, days=(-1, 1)))

    def server(self, extensions: Collection[str] = OF_SERVERS, *, days: tuple[int, int] = (-1, 1)) -> ssl.SSLContext:
        """Make the TLS of a server, whose certificate is valid from and to so many days from now."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.certify(context, extensions, days=days)
        return context

    def certify(
        self, context: ssl.SSLContext, extensions: Collection[str] = OF_SERVERS, *, days: tuple[int, int] = (-1, 1)
    ) -> None:
        """Give the TLS of a server another certificate, which holds for connections from now on."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("kubernetes.test")]
        known: dict[str, Extension] = {
            "names": (x509.SubjectAlternativeName(names), False),
            "authority-key": (x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), False),
        }
        certificate = self._sign(name("server"), key, [known[extension] for extension in extensions], days=days)
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
