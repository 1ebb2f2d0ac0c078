"""What a plugin says on standard error: passed on while it runs, and the end of it kept for errors."""

import codecs
import contextlib
import logging
import re
import sys
import threading
from collections import deque

logger = logging.getLogger("kubex.credentials")

TAIL_LINES = 20
"""As many of the last lines stand in an error."""

TAIL_LINE_LENGTH = 500
"""Characters after which a line is cut."""

LOGGED_LINES = 100
"""As many of the first lines of one run are logged."""

# What may be a token or a key: a JWT wherever it stands, what is called a token in a URL or an option, and all that is
# long enough. Paths and the addresses that a user is sent to hold slashes, and stay.
_SECRET = re.compile(
    r"-----BEGIN .*"
    r"|eyJ[\w-]{6,}\.[\w.-]*"
    r"|(?P<name>(?i:[\w-]*(?:token|secret|password|assertion|api_?key))=)[^\s&;\"'`<>\])}]+"
    r"|^(?=[+=_]*[A-Za-z0-9])[\w+/=]{40,}$"
    r"|(?<![^\s\"':,(])(?=[+=.~_-]*[A-Za-z0-9])[\w+=.~-]{40,}"
)


class StderrCollector:
    """Collects standard error.

    To a user at the terminal it goes as it comes, prompts included. Otherwise each line is logged as a warning, which
    Python shows on standard error unless logging was set up.
    """

    def __init__(self, source: str, *, interactive: bool) -> None:
        self._source = source
        self._interactive = interactive
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._unfinished = ""
        self._last: deque[str] = deque(maxlen=TAIL_LINES)
        self._lines = 0
        self._lock = threading.Lock()

    def feed(self, chunk: bytes) -> None:
        """Take some bytes; none are the end."""
        with self._lock:
            self._feed(chunk)

    def tail(self) -> str:
        """Return the last lines, without what looks like a token or a key."""
        with self._lock:
            return "\n".join(filter(None, [*self._last, _shown(self._unfinished)]))

    def _feed(self, chunk: bytes) -> None:
        text = self._decoder.decode(chunk, final=not chunk)
        if self._interactive and sys.stderr is not None:  # None without a console
            with contextlib.suppress(OSError, ValueError):  # closed: the plugin goes on all the same
                sys.stderr.write(text)
                sys.stderr.flush()
        *lines, rest = (self._unfinished + text).split("\n")
        self._unfinished = rest if len(rest) <= TAIL_LINE_LENGTH else rest[: TAIL_LINE_LENGTH + 1]
        for line in lines:
            self._take(line)
        if not chunk:
            self._take(self._unfinished)
            self._unfinished = ""

    def _take(self, line: str) -> None:
        shown = _shown(line)
        if not shown:
            return
        self._last.append(shown)
        self._lines += 1
        if not self._interactive and self._lines <= LOGGED_LINES:
            logger.warning("%s: %s", self._source, shown)


def _shown(line: str) -> str:
    line = _SECRET.sub(r"\g<name>[hidden]", line.strip())
    return line if len(line) <= TAIL_LINE_LENGTH else line[:TAIL_LINE_LENGTH] + "..."
