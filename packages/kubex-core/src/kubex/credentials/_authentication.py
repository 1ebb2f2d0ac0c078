"""What a credential source is, and what it answers."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class TLSIdentity:
    """A client certificate chain and its private key, both PEM text. Two identities are equal if their text is."""

    cert_pem: str = field(repr=False)
    key_pem: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Authentication:
    """What one request needs to be authenticated: headers, and the identity its connection must have.

    A header may stand there several times, as `Impersonate-Group` does.
    """

    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    tls: TLSIdentity | None = None


class Credentials(ABC):
    """A source of authentication.

    It is asked before each request, so an answer that is cached must cost no thread and no lock. A source that needs
    HTTP itself is given a callable for it when it is made: it imports no transport.
    """

    @abstractmethod
    async def authenticate(self, *, rejected: Authentication | None = None) -> Authentication:
        """Answer the authentication for the next request.

        `rejected` is what this source answered before and the server said 401 to. If that is what it still holds, it
        gets a new one, which may turn out to be the same; callers that wait for it together get the result of one
        attempt. Raises `ConfigurationError` when there is nothing to answer.
        """
