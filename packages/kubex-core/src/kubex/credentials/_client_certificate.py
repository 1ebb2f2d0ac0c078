"""Client certificates: reading them, and giving them to an SSL context."""

import os
import ssl
import sys
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from typing_extensions import override

from kubex.core._tracebacks import forget_frames
from kubex.credentials._authentication import Authentication, TLSIdentity
from kubex.credentials._file_credentials import FileCredentials
from kubex.credentials._file_io import read_pem
from kubex.errors import ConfigurationError

CERTIFICATE_MAX_AGE = 300.0
"""Seconds for which a certificate is used before its files are read again, as client-go does."""


class ClientCertificate(FileCredentials):
    """A client certificate and its key, each PEM text or a file that is read again every `max_age` seconds.

    A pair that does not belong together (one file is written, the other not yet) does not replace a good one.
    """

    def __init__(
        self,
        *,
        cert_file: str | os.PathLike[str] | None = None,
        cert_data: str | None = None,
        key_file: str | os.PathLike[str] | None = None,
        key_data: str | None = None,
        max_age: float = CERTIFICATE_MAX_AGE,
    ) -> None:
        super().__init__(max_age=max_age)
        self._cert = (cert_data, cert_file)
        self._key = (key_data, key_file)

    @override
    def read(self) -> Authentication:
        """Read the files and see whether OpenSSL takes the pair."""
        identity = TLSIdentity(
            cert_pem=_read(*self._cert, field="client_cert_file"), key_pem=_read(*self._key, field="client_key_file")
        )
        if self.current is None or self.current.tls != identity:
            load_identity(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), identity)
        return Authentication(tls=identity)


def _read(data: str | None, path: str | os.PathLike[str] | None, *, field: str) -> str:
    if data is not None:
        return data
    if path is None:
        raise ConfigurationError("is missing; a client certificate needs a certificate and a key", field=field)
    return read_pem(path, field=field)


def load_identity(context: ssl.SSLContext, identity: TLSIdentity) -> None:
    """Load a client certificate into an SSL context; blocks. Raises `ConfigurationError` if OpenSSL cannot use it."""
    try:
        with _files(identity.cert_pem, identity.key_pem) as (cert, key):
            context.load_cert_chain(cert, key, password=_refuse_password)
    except ssl.SSLError as error:
        forget_frames(error)
        raise ConfigurationError(_what_is_wrong(error), source="client certificate") from error
    except OSError as error:
        raise ConfigurationError(
            f"no temporary file can be written to load it ({error.strerror}); set TMPDIR to a writable directory",
            source="client certificate",
        ) from error


@contextmanager
def _files(*texts: str) -> Generator[list[str]]:
    """Make files that hold texts, since OpenSSL takes no text. Other users cannot open them.

    They are in memory where the system can do that: a process that is killed does not leave them behind.
    """
    contents = [text.encode("utf-8", "replace") for text in texts]
    with ExitStack() as stack:
        paths = _files_in_memory(stack, contents)
        if not paths:
            directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="kubex-"))  # made with mode 0700
            paths = [os.path.join(directory, f"{number}.pem") for number in range(len(texts))]  # noqa: PTH118 - text
            for path, content in zip(paths, contents, strict=True):
                Path(path).write_bytes(content)
        yield paths


def _files_in_memory(stack: ExitStack, contents: list[bytes]) -> list[str]:
    """Make anonymous files of Linux; answer no paths where they, or /proc, are not available."""
    paths: list[str] = []
    if sys.platform == "linux" and hasattr(os, "memfd_create"):
        with suppress(OSError):
            for content in contents:
                descriptor = os.memfd_create("kubex")
                stack.callback(os.close, descriptor)
                with open(descriptor, "wb", closefd=False) as file:
                    file.write(content)
                path = f"/proc/self/fd/{descriptor}"
                os.close(os.open(path, os.O_RDONLY))
                paths.append(path)
            return paths
    return []


def _refuse_password() -> str:
    raise ConfigurationError(
        "the private key is encrypted and there is no password for it; decrypt it first (openssl pkey -in KEY)",
        source="client certificate",
    )


def _what_is_wrong(error: ssl.SSLError) -> str:
    if error.reason == "KEY_VALUES_MISMATCH":
        return "the private key does not belong to the certificate"
    return f"the certificate or its private key is not PEM that OpenSSL can read ({error.reason or error})"
