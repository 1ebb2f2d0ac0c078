"""Credentials that never change."""

from dataclasses import dataclass

from typing_extensions import override

from kubex.core._headers import basic_authorization
from kubex.credentials._authentication import Authentication, Credentials, TLSIdentity

ANONYMOUS = Authentication()


@dataclass(frozen=True, slots=True)
class StaticCredentials(Credentials):
    """The same authentication for every request; by default, anonymous requests."""

    authentication: Authentication = ANONYMOUS

    @classmethod
    def bearer(cls, token: str) -> "StaticCredentials":
        """Create credentials that send a bearer token."""
        return cls(bearer(token))

    @classmethod
    def basic(cls, username: str, password: str) -> "StaticCredentials":
        """Create credentials for HTTP basic authentication, in UTF-8."""
        return cls(Authentication(headers=(("Authorization", basic_authorization(username, password)),)))

    @classmethod
    def certificate(cls, identity: TLSIdentity) -> "StaticCredentials":
        """Create credentials that present a client certificate."""
        return cls(Authentication(tls=identity))

    @override
    async def authenticate(self, *, rejected: Authentication | None = None) -> Authentication:
        """Return the authentication, also after it was rejected."""
        return self.authentication


def bearer(token: str) -> Authentication:
    """Build the header of a bearer token."""
    return Authentication(headers=(("Authorization", f"Bearer {token}"),))
