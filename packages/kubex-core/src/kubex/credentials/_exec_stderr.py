"""The standard error of an exec plugin: forwarded while the plugin runs, and its last lines kept for errors."""

import codecs
import contextlib
import logging
import re
import sys
import threading
from collections import deque

logger = logging.getLogger("kubex.credentials")

TAIL_LINES = 20
"""The number of last lines in an error."""

MAX_LINE_LENGTH = 500
"""The number of characters after which a line is truncated."""

MAX_LOGGED_LINES = 100
"""The number of first lines of a run that are logged."""

# Text that may be a token or a key: PEM, a JWT, a value named like a secret in a URL or an option, and any long word.
# Words with a slash are kept, unless they are the complete line, because paths and login URLs contain slashes.
_SECRET = re.compile(
    r"-----BEGIN .*"
    r"|eyJ[\w-]{6,}\.[\w.-]*"
    r"|(?P<name>(?i:[\w-]*(?:token|secret|password|assertion|api_?key))=)[^\s&;\"'`<>\])}]+"
    r"|^(?=[+=_]*[A-Za-z0-9])[\w+/=]{40,}$"
    r"|(?<![^\s\"':,(])(?=[+=.~_-]*[A-Za-z0-9])[\w+=.~-]{40,}"
)


class StderrCollector:
    """Collects standard error.

    For a plugin that uses the terminal, it is copied to standard error of this process, including prompts. Otherwise
    each line is logged as a warning, which Python prints on standard error unless logging is configured.
    """

    def __init__(self, source: str, *, interactive: bool) -> None:
        self._source = source
        self._interactive = interactive
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._partial_line = ""
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._line_count = 0
        self._lock = threading.Lock()

    def feed(self, chunk: bytes) -> None:
        """Add bytes; an empty chunk is the end."""
        with self._lock:
            self._feed(chunk)

    def tail(self) -> str:
        """Return the last lines, without text that may be a token or a key."""
        with self._lock:
            return "\n".join(filter(None, [*self._tail, _redact(self._partial_line)]))

    def _feed(self, chunk: bytes) -> None:
        text = self._decoder.decode(chunk, final=not chunk)
        if self._interactive and sys.stderr is not None:  # None without a console
            # A closed standard error of this process must not stop the plugin.
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write(text)
                sys.stderr.flush()
        *lines, rest = (self._partial_line + text).split("\n")
        self._partial_line = rest if len(rest) <= MAX_LINE_LENGTH else rest[: MAX_LINE_LENGTH + 1]
        for line in lines:
            self._add_line(line)
        if not chunk:
            self._add_line(self._partial_line)
            self._partial_line = ""

    def _add_line(self, line: str) -> None:
        redacted = _redact(line)
        if not redacted:
            return
        self._tail.append(redacted)
        self._line_count += 1
        if not self._interactive and self._line_count <= MAX_LOGGED_LINES:
            logger.warning("%s: %s", self._source, redacted)


def _redact(line: str) -> str:
    line = _SECRET.sub(r"\g<name>[hidden]", line.strip())
    return line if len(line) <= MAX_LINE_LENGTH else line[:MAX_LINE_LENGTH] + "..."
