"""The interface of credential sources, and the result that they return for each request."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class TLSIdentity:
    """A client certificate chain and its private key in PEM. Two identities are equal if both texts are equal."""

    cert_pem: str = field(repr=False)
    key_pem: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Authentication:
    """The authentication of one request: headers, and the client certificate of its connection.

    A header may occur several times, as `Impersonate-Group` does.
    """

    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    tls: TLSIdentity | None = None


class Credentials(ABC):
    """A source of authentication. Subclass it to implement another one.

    Kubex calls `authenticate()` before each request, so returning a cached result must not need a thread or a lock.
    A source does not import a transport; if it sends HTTP requests, its constructor takes a `Fetch`.
    """

    @abstractmethod
    async def authenticate(self, *, rejected: Authentication | None = None) -> Authentication:
        """Return the authentication for the next request.

        `rejected` is a previous result that the server rejected with 401. If it is still the current one, the source
        renews it; the new result may be equal. Concurrent callers share one renewal and its result.
        Raises `ConfigurationError` if there is no valid authentication.
        """
