"""What a credential source is, and what it answers."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class TLSIdentity:
    """A client certificate chain and its private key, both PEM text. Two identities are equal if their text is."""

    cert_pem: str = field(repr=False)
    key_pem: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Authentication:
    """What one request needs to be authenticated: headers, and the identity its connection must have."""

    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    tls: TLSIdentity | None = None


class Credentials(ABC):
    """A source of authentication.

    It is asked before each request, so an answer that is cached must cost no thread and no lock. A source that needs
    HTTP itself is given a callable for it when it is made: it imports no transport.
    """

    @abstractmethod
    async def authenticate(self, *, refresh: bool = False) -> Authentication:
        """Answer the authentication for the next request.

        `refresh=True`, after the server said 401, drops what is cached; the answer may still be the same. Callers that
        wait for a refresh together get the result of one. Raises `ConfigurationError` when there is nothing to answer.
        """
