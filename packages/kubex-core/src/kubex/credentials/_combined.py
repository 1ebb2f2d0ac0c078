"""Several credentials at once, such as a client certificate and a token."""

from typing_extensions import override

from kubex.credentials._authentication import Authentication, Credentials


class CombinedCredentials(Credentials):
    """All headers of several sources, and the last TLS identity among them.

    Of a header that several sources give, all that the last of them gives is sent.
    """

    def __init__(self, *sources: Credentials) -> None:
        self._sources = sources
        self._parts: list[Authentication] = []
        self._whole = Authentication()

    @override
    async def authenticate(self, *, rejected: Authentication | None = None) -> Authentication:
        """Ask each source; the answer is the same object as long as theirs are."""
        if rejected is not None and rejected == self._whole and self._parts:
            refusals: list[Authentication | None] = [*self._parts]
        else:  # another caller has already got something newer
            refusals = [None] * len(self._sources)
        parts = [await source.authenticate(rejected=part) for source, part in zip(self._sources, refusals, strict=True)]
        if parts != self._parts:
            self._parts, self._whole = parts, combine(parts)
        return self._whole


def combine(parts: list[Authentication]) -> Authentication:
    """Merge what several sources answered; a later one wins."""
    headers: list[tuple[str, str]] = []
    for part in parts:
        given = {name.lower() for name, _ in part.headers}
        headers = [header for header in headers if header[0].lower() not in given]
        headers += part.headers
    identities = [part.tls for part in parts if part.tls is not None]
    return Authentication(headers=tuple(headers), tls=identities[-1] if identities else None)
