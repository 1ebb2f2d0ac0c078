"""Client certificates: read them from files, and load them into an SSL context."""

import os
import ssl
import sys
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from typing_extensions import override

from kubex.core._error_handling import clear_tracebacks
from kubex.credentials._authentication import Authentication, TLSIdentity
from kubex.credentials._file_credentials import FileCredentials
from kubex.credentials._file_io import read_pem
from kubex.errors import ConfigurationError

CERTIFICATE_MAX_AGE = 300.0
"""Seconds before the files are read again, as in client-go."""


class ClientCertificate(FileCredentials):
    """A client certificate and its key, each as PEM or in a file that is read again every `max_age` seconds.

    A certificate and a key that do not match, because only one file is written yet, do not replace the previous pair.
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
        """Read the files, and check that OpenSSL can load them."""
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
        raise ConfigurationError("is missing; a client certificate needs both a certificate and a key", field=field)
    return read_pem(path, field=field)


def load_identity(context: ssl.SSLContext, identity: TLSIdentity) -> None:
    """Load a client certificate into an SSL context; blocks. Raises `ConfigurationError` if OpenSSL cannot use it."""
    try:
        with _files(identity.cert_pem, identity.key_pem) as (cert, key):
            context.load_cert_chain(cert, key, password=_refuse_password)
    except ssl.SSLError as error:
        clear_tracebacks(error)
        raise ConfigurationError(_load_problem(error), source="client certificate") from error
    except OSError as error:
        raise ConfigurationError(
            f"loading it needs a temporary file ({error.strerror}); set TMPDIR to a writable directory",
            source="client certificate",
        ) from error


@contextmanager
def _files(*texts: str) -> Generator[list[str]]:
    """Create temporary files with these contents, which other users cannot open."""
    # load_cert_chain() accepts only file names. Files in memory are preferred: a killed process does not leave them.
    contents = [text.encode("utf-8", "replace") for text in texts]
    with ExitStack() as stack:
        paths = _memory_files(stack, contents)
        if not paths:
            directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="kubex-"))  # with mode 0700
            paths = [os.path.join(directory, f"{number}.pem") for number in range(len(texts))]  # noqa: PTH118 - text
            for path, content in zip(paths, contents, strict=True):
                Path(path).write_bytes(content)
        yield paths


def _memory_files(stack: ExitStack, contents: list[bytes]) -> list[str]:
    """Create anonymous files on Linux; returns an empty list if they, or /proc, are not available."""
    paths: list[str] = []
    if sys.platform == "linux" and hasattr(os, "memfd_create"):
        with suppress(OSError):
            for content in contents:
                descriptor = os.memfd_create("kubex")
                stack.callback(os.close, descriptor)
                with open(descriptor, "wb", closefd=False) as file:
                    file.write(content)
                path = f"/proc/self/fd/{descriptor}"
                os.close(os.open(path, os.O_RDONLY))  # fails without /proc
                paths.append(path)
            return paths
    return []


def _refuse_password() -> str:
    # Without this callback OpenSSL would prompt for the password on the terminal.
    raise ConfigurationError(
        "the private key is encrypted, which is not supported; decrypt it first (openssl pkey -in KEY)",
        source="client certificate",
    )


def _load_problem(error: ssl.SSLError) -> str:
    if error.reason == "KEY_VALUES_MISMATCH":
        return "the private key does not match the certificate"
    return f"OpenSSL cannot load the certificate or its private key as PEM ({error.reason or error})"
