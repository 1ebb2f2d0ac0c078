"""Several credentials at once, such as a client certificate and a token."""

from typing_extensions import override

from kubex.credentials._authentication import Authentication, Credentials


class CombinedCredentials(Credentials):
    """All headers of several sources, and the last TLS identity among them."""

    def __init__(self, *sources: Credentials) -> None:
        self._sources = sources
        self._parts: list[Authentication] = []
        self._whole = Authentication()

    @override
    async def authenticate(self, *, refresh: bool = False) -> Authentication:
        """Ask each source; the answer is the same object as long as theirs are."""
        parts = [await source.authenticate(refresh=refresh) for source in self._sources]
        if parts != self._parts:
            self._parts, self._whole = parts, combine(parts)
        return self._whole


def combine(parts: list[Authentication]) -> Authentication:
    """Merge what several sources answered; a later one wins."""
    headers = {name: value for part in parts for name, value in part.headers.items()}
    identities = [part.tls for part in parts if part.tls is not None]
    return Authentication(headers=headers, tls=identities[-1] if identities else None)
