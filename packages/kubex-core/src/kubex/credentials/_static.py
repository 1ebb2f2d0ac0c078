"""Credentials that never change."""

from dataclasses import dataclass

from typing_extensions import override

from kubex.core._basic_auth import basic_authorization
from kubex.credentials._authentication import Authentication, Credentials, TLSIdentity

ANONYMOUS = Authentication()


@dataclass(frozen=True, slots=True)
class StaticCredentials(Credentials):
    """The same authentication for every request; without an argument, none."""

    authentication: Authentication = ANONYMOUS

    @classmethod
    def bearer(cls, token: str) -> "StaticCredentials":
        """Send a bearer token."""
        return cls(bearer(token))

    @classmethod
    def basic(cls, username: str, password: str) -> "StaticCredentials":
        """Send a user name and a password by HTTP basic authentication, in UTF-8."""
        return cls(Authentication(headers=(("Authorization", basic_authorization(username, password)),)))

    @classmethod
    def certificate(cls, identity: TLSIdentity) -> "StaticCredentials":
        """Present a client certificate."""
        return cls(Authentication(tls=identity))

    @override
    async def authenticate(self, *, rejected: Authentication | None = None) -> Authentication:
        """Answer the one authentication there is, also after a 401."""
        return self.authentication


def bearer(token: str) -> Authentication:
    """Build the authentication of a bearer token."""
    return Authentication(headers=(("Authorization", f"Bearer {token}"),))
