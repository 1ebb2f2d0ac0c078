"""The observers and the write hook of a client. Clients without them do not import this module."""

from __future__ import annotations

import dataclasses

from kubex.client._observers import Attempt, ObservedAttempt
from kubex.client._options import ClientOptions
from kubex.client._write_hook import Write, read_result
from kubex.core._http import Request, Response
from kubex.transport import PreparedRequest


class RequestHooks:
    """Calls the observers and the write hook of a client."""

    __slots__ = ("_backend", "_observers", "_on_write", "_server")

    def __init__(self, options: ClientOptions, *, server: str, backend: str) -> None:
        self._observers = list(options.observers)
        self._on_write = options.on_write
        self._server = server
        self._backend = backend

    def attempt(self, request: Request, *, number: int, waited: float, streaming: bool) -> Attempt | None:
        """Return the description of an attempt, or None without observers."""
        if not self._observers:
            return None
        return Attempt(
            request, number=number, waited=waited, streaming=streaming, server=self._server, backend=self._backend
        )

    def observe(self, attempt: Attempt) -> ObservedAttempt:
        """Return the context of all observers."""
        return ObservedAttempt(self._observers, attempt)

    def before_write(self, request: Request) -> None:
        """Call the hook before an attempt, unless the request only reads."""
        if self._on_write is not None and not request.reads_only:
            self._on_write.before(Write(request))

    def after_write(self, request: Request, response: Response) -> None:
        """Call the hook after a successful response, unless the request only reads."""
        if self._on_write is not None and not request.reads_only:
            self._on_write.after(Write(request), read_result(response))

    def add_headers(self, prepared: PreparedRequest, attempt: Attempt) -> PreparedRequest:
        """Return the request with the headers of observers. They do not replace headers of the request."""
        if not attempt.headers:
            return prepared
        present = {name.lower() for name, _ in prepared.headers}
        added = [(name, value) for name, value in attempt.headers.items() if name.lower() not in present]
        return dataclasses.replace(prepared, headers=(*prepared.headers, *added))
