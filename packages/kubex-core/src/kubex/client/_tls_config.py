"""The client certificate and the authorities of a client, which can change while it is open."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from kubex.configuration import ClientConfiguration
from kubex.credentials import TLSIdentity
from kubex.credentials._ca_certificates import CAFile


@dataclass(frozen=True, slots=True)
class TLSConfig:
    """The client certificate, and the trusted authorities in PEM; None means the authorities of the system.

    An open connection cannot change them, so another `TLSConfig` needs another transport.
    """

    identity: TLSIdentity | None = None
    authorities: str | None = field(default=None, repr=False)


class TLSConfigLoader:
    """Loads the `TLSConfig` for the next connection; returns the same object until a file or an identity changes."""

    def __init__(self, configuration: ClientConfiguration) -> None:
        verified = urlsplit(configuration.url).scheme == "https" and not configuration.insecure_skip_tls_verify
        uses_file = verified and configuration.server_ca_file is not None
        self._file = CAFile(configuration.server_ca_file or "") if uses_file else None
        self._latest = TLSConfig(None, configuration.server_ca_data)

    async def load(self, identity: TLSIdentity | None) -> TLSConfig:
        """Return the configuration for an identity; a CA file is read again after a while."""
        latest = self._latest
        authorities = latest.authorities if self._file is None else await self._file.get()
        if latest.identity is identity and latest.authorities is authorities:
            return latest
        self._latest = TLSConfig(identity, authorities)
        return self._latest

    async def has_changed(self, rejected: TLSConfig) -> bool:
        """Return whether the CA file has changed since it was read for a configuration that failed."""
        if self._file is None or rejected.authorities is None:
            return False
        return await self._file.get(rejected=rejected.authorities) != rejected.authorities
