"""CA certificates that verify a server: read them from a file, and load them into an SSL context."""

import logging
import os
import re
import ssl

from typing_extensions import override

from kubex.credentials._file_credentials import RenewableFile
from kubex.credentials._file_io import read_pem
from kubex.errors import ConfigurationError

logger = logging.getLogger("kubex.credentials")

CA_MAX_AGE = 60.0
"""Seconds before the file is read again; in a pod, the CA file is rotated together with the token."""


_BEGIN = "-----BEGIN CERTIFICATE-----"
# Base64 does not contain hyphens, so a certificate without an end marker does not hide the next one.
_CERTIFICATE = re.compile(rf"{_BEGIN}[^-]*-----END CERTIFICATE-----")


class CAFile(RenewableFile[str]):
    """The PEM text of a file with CA certificates, read again every `max_age` seconds, and after a rejected server."""

    LABEL = "CA certificates"

    def __init__(
        self, path: str | os.PathLike[str], *, field: str = "server_ca_file", max_age: float = CA_MAX_AGE
    ) -> None:
        super().__init__(max_age=max_age)
        self._path = path
        self._field = field

    @override
    def read(self) -> str:
        """Read the file, and check that OpenSSL can load the certificates."""
        pem = read_pem(self._path, field=self._field)
        if pem != self.current:
            load_ca_certificates(
                ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), pem, source=os.fspath(self._path), field=self._field
            )
        return pem


def load_ca_certificates(context: ssl.SSLContext, pem: str, *, source: str, field: str) -> None:
    """Load CA certificates into an SSL context; blocks. Raises `ConfigurationError` if none can be loaded.

    A certificate that OpenSSL cannot load is skipped with a warning in the log, like in kubectl.
    """
    # load_verify_locations() accepts only ASCII, but comments between the certificates may contain anything.
    text = pem.encode("ascii", "ignore").decode("ascii")
    try:
        context.load_verify_locations(cadata=text)
    except (ssl.SSLError, ValueError) as error:
        certificates = _CERTIFICATE.findall(text)
        loaded = sum(_load_one(context, certificate) for certificate in certificates)
        if not loaded:
            problem = "does not contain a PEM certificate that OpenSSL can load (-----BEGIN CERTIFICATE-----)"
            raise ConfigurationError(problem, source=source, field=field) from error
        logger.warning(
            "%s, %s: OpenSSL cannot load all certificates, so only %d of %d are trusted",
            source,
            field,
            loaded,
            text.count(_BEGIN),
        )


def _load_one(context: ssl.SSLContext, certificate: str) -> bool:
    try:
        context.load_verify_locations(cadata=certificate)
    except (ssl.SSLError, ValueError):
        return False
    return True
