"""What the TLS of a transport is made of, as it changes while a client lives."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from kubex.configuration import ClientConfiguration
from kubex.credentials import TLSIdentity
from kubex.credentials._ca_certificates import CAFile


@dataclass(frozen=True, slots=True)
class TLSMaterial:
    """The certificate that connections show, and the authorities that they trust, in PEM; None is those of the system.

    A connection keeps what it was made with: other material needs another transport.
    """

    identity: TLSIdentity | None = None
    authorities: str | None = field(default=None, repr=False)


class TLSSource:
    """Answers what the next connection must be made of: the same object as long as nothing has changed."""

    def __init__(self, configuration: ClientConfiguration) -> None:
        verified = urlsplit(configuration.url).scheme == "https" and not configuration.insecure_skip_tls_verify
        by_file = verified and configuration.server_ca_file is not None
        self._file = CAFile(configuration.server_ca_file or "") if by_file else None
        self._latest = TLSMaterial(None, configuration.server_ca_data)

    async def material(self, identity: TLSIdentity | None) -> TLSMaterial:
        """Answer the material for an identity; a file with authorities is read again when it is old."""
        latest = self._latest
        authorities = latest.authorities if self._file is None else await self._file.get()
        if latest.identity is identity and latest.authorities is authorities:
            return latest
        self._latest = TLSMaterial(identity, authorities)
        return self._latest

    async def has_changed(self, refused: TLSMaterial) -> bool:
        """Tell whether there are other authorities than those by which a server was not trusted."""
        if self._file is None or refused.authorities is None:
            return False
        return await self._file.get(rejected=refused.authorities) != refused.authorities
