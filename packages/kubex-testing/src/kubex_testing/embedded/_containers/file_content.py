"""The content of a file: in memory, or in a temporary file if it is large."""

import tempfile
import weakref

_MEMORY_BYTES = 1024 * 1024


class FileContent:
    """Bytes that grow at the end. The temporary file is removed with this object."""

    def __init__(self, data: bytes = b"") -> None:
        self.size = 0
        self._at_end = True
        # The file is closed by the finalizer.
        self._file = tempfile.SpooledTemporaryFile(max_size=_MEMORY_BYTES)  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        self.append(data)

    def append(self, data: bytes) -> None:
        """Add data at the end."""
        if not self._at_end:
            self._file.seek(self.size)  # flushes the buffer, which is slow
            self._at_end = True
        self._file.write(data)
        self.size += len(data)

    def read(self, offset: int, limit: int) -> bytes:
        """Return at most `limit` bytes from an offset, or nothing at the end."""
        self._file.seek(offset)
        self._at_end = False
        return self._file.read(limit)
