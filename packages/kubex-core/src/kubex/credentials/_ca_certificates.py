"""The authorities that may have signed a server's certificate."""

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
"""Seconds for which authorities are trusted before their file is read again: a pod's come with its token."""


_BEGIN = "-----BEGIN CERTIFICATE-----"
# Base64 has no hyphen, so a block without an end does not hide the next one.
_BLOCK = re.compile(rf"{_BEGIN}[^-]*-----END CERTIFICATE-----")


class CAFile(RenewableFile[str]):
    """The PEM text of a file with authorities, read again every `max_age` seconds, and when they are of no use."""

    LABEL = "authorities"

    def __init__(
        self, path: str | os.PathLike[str], *, field: str = "server_ca_file", max_age: float = CA_MAX_AGE
    ) -> None:
        super().__init__(max_age=max_age)
        self._path = path
        self._field = field

    @override
    def read(self) -> str:
        """Read the file and see whether OpenSSL takes it."""
        pem = read_pem(self._path, field=self._field)
        if pem != self.current:
            load_ca_certificates(
                ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), pem, source=os.fspath(self._path), field=self._field
            )
        return pem


def load_ca_certificates(context: ssl.SSLContext, pem: str, *, source: str, field: str) -> None:
    """Let an SSL context trust authorities; blocks. Raises `ConfigurationError` if there is none in the text.

    A block that OpenSSL cannot read is skipped with a warning in the log, as kubectl skips it.
    """
    text = pem.encode("ascii", "ignore").decode("ascii")  # comments between the certificates may hold anything
    try:
        context.load_verify_locations(cadata=text)
    except (ssl.SSLError, ValueError) as error:
        blocks = _BLOCK.findall(text)
        loaded = sum(_load_one(context, block) for block in blocks)
        if not loaded:
            problem = "holds no certificate in PEM that OpenSSL can read (-----BEGIN CERTIFICATE-----)"
            raise ConfigurationError(problem, source=source, field=field) from error
        logger.warning(
            "%s, %s: OpenSSL cannot read all certificates, so %d of %d are trusted",
            source,
            field,
            loaded,
            text.count(_BEGIN),
        )


def _load_one(context: ssl.SSLContext, block: str) -> bool:
    try:
        context.load_verify_locations(cadata=block)
    except (ssl.SSLError, ValueError):
        return False
    return True
