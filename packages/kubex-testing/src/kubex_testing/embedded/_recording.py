"""A file with the requests that a server received, to report or to repeat a problem."""

import json
import time
from pathlib import Path
from typing import Any

from ._messages import RecordedRequest

# The bodies of these resources contain secrets.
_SECRET_RESOURCES = frozenset({"secrets", "token", "tokenreviews"})
_HEADERS = ("accept", "content-type", "user-agent")


class Recording:
    """Append requests to a file as JSON lines. Credentials and the contents of Secrets are left out."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._start = time.monotonic()

    def add(self, request: RecordedRequest, status: int) -> None:
        """Write one line for a request and the status of its response."""
        line: dict[str, Any] = {
            "seconds": round(time.monotonic() - self._start, 3),
            "method": request.method,
            "target": request.target,
            "headers": {name: value for name, value in request.headers if name in _HEADERS},
            "status": status,
        }
        if request.body:
            line["body"] = _body(request)
        # Open the file for each line, so that it is complete after a crash and never needs to be closed.
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def _body(request: RecordedRequest) -> str | None:
    """Return the body as text; None if it may contain secrets, or is not text."""
    if not _SECRET_RESOURCES.isdisjoint(request.segments()) or b'"Secret"' in request.body:
        return None
    try:
        return request.body.decode()
    except UnicodeDecodeError:
        return None
