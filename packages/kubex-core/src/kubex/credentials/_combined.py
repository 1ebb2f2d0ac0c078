"""Several credentials at once, such as a client certificate and a token."""

from typing_extensions import override

from kubex.credentials._authentication import Authentication, Credentials


class CombinedCredentials(Credentials):
    """The headers of several sources, and the TLS identity of the last source that has one.

    If several sources set the same header, the last of them replaces it.
    """

    def __init__(self, *sources: Credentials) -> None:
        self._sources = sources
        self._parts: list[Authentication] = []
        self._combined = Authentication()

    @override
    async def authenticate(self, *, rejected: Authentication | None = None) -> Authentication:
        """Call each source; the result is the same object until one of their results changes."""
        if rejected is not None and rejected == self._combined and self._parts:
            rejected_parts: list[Authentication | None] = [*self._parts]
        else:  # another caller has already renewed the rejected authentication
            rejected_parts = [None] * len(self._sources)
        sources = zip(self._sources, rejected_parts, strict=True)
        parts = [await source.authenticate(rejected=part) for source, part in sources]
        if parts != self._parts:
            self._parts, self._combined = parts, combine(parts)
        return self._combined


def combine(parts: list[Authentication]) -> Authentication:
    """Combine the results of several sources; later ones take precedence."""
    headers: list[tuple[str, str]] = []
    for part in parts:
        replaced = {name.lower() for name, _ in part.headers}
        headers = [header for header in headers if header[0].lower() not in replaced]
        headers += part.headers
    identities = [part.tls for part in parts if part.tls is not None]
    return Authentication(headers=tuple(headers), tls=identities[-1] if identities else None)
