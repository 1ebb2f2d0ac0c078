"""Split a stream of bytes into JSON objects."""

from __future__ import annotations

import re

from kubex.core._lines import LineSplitter

# The characters that determine the end of an object: quotes, braces and escapes.
_TOKEN = re.compile(rb'["{}]|\\.', re.DOTALL)

# A place where an object may end without a newline: before the next object, or at the end of the data.
_END = re.compile(rb"\}\s*(?:\{|\Z)")


class ObjectSplitter(LineSplitter):
    """Splits a stream of JSON objects at newlines, and after an object without a newline.

    Servers send one object per line, so complete lines are not examined; `split_objects()` splits a line that contains
    several objects. An incomplete line is examined only where an object may end.
    """

    __slots__ = ("_depth", "_in_string", "_scanned", "_seen")

    def __init__(self) -> None:
        super().__init__()
        self._restart()

    # A newline always ends an object. Go's decoder also accepts an object on several lines. But then an event that is
    # cut off would include the events after it, up to the size limit.

    def _restart(self) -> None:
        self._seen = self._scanned = self._depth = 0
        self._in_string = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the lines that the chunk completes, and the complete objects after the last newline."""
        lines = super().feed(chunk)
        if lines:
            self._restart()
        if _END.search(self._pending, self._seen):
            lines += self.pop_objects()
        self._seen = len(self._pending)
        return lines

    def pop_objects(self) -> list[bytes]:
        """Remove and return the complete objects of the incomplete line."""
        objects: list[bytes] = []
        start, end = 0, self._scanned
        for token in _TOKEN.finditer(self._pending, self._scanned):
            end = token.end()
            character = token[0]
            if character == b'"':
                self._in_string = not self._in_string
            elif self._in_string:
                continue
            elif character == b"{":
                self._depth += 1
            elif character == b"}":
                self._depth -= 1
                if self._depth <= 0:
                    objects.append(bytes(self._pending[start:end]))
                    start, self._depth = end, 0
        del self._pending[:start]
        self._scanned = end - start
        return objects


def split_objects(line: bytes) -> tuple[list[bytes], bytes]:
    """Return the JSON objects in a line, and the rest of the line."""
    splitter = ObjectSplitter()
    objects = splitter.feed(line) + splitter.pop_objects()
    return objects, (splitter.finish() or b"").strip()
