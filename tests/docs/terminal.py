"""A pseudo-terminal in which a test runs a program."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
from types import TracebackType
from typing import Any

from typing_extensions import Self

WAIT_TIMEOUT = 40.0

# Opening a terminal in a new session makes it the controlling terminal, which sends signals for Ctrl-C and new sizes.
RUN_IN_TERMINAL = """
import anyio, os, runpy, sys
os.close(os.open(os.ttyname(0), os.O_RDWR))
script, runtime, *arguments = sys.argv[1:]
main = runpy.run_path(script)["main"]
sys.exit(anyio.run(main, arguments[0], arguments[1:], backend=runtime))
"""


class Terminal:
    """A terminal of 80 columns and 24 lines, which runs `main()` of an example."""

    def __init__(self, script: str, runtime: str, *arguments: str) -> None:
        self._master, self._slave = pty.openpty()
        self.resize(80, 24)
        self.output = b""
        self.initial_settings = self.settings
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", RUN_IN_TERMINAL, script, runtime, *arguments],
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)
        os.close(self._slave)

    @property
    def settings(self) -> list[Any]:
        """The settings of the terminal, for example whether it is in raw mode."""
        return termios.tcgetattr(self._slave)

    def resize(self, columns: int, lines: int) -> None:
        """Set the size, and send SIGWINCH to the program."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def press(self, keys: bytes) -> None:
        """Send keys to the program."""
        os.write(self._master, keys)

    def wait_for(self, text: bytes) -> None:
        """Read until the output contains this text, and remove the output up to its end."""
        while text not in self.output:
            ready, _, _ = select.select([self._master], [], [], WAIT_TIMEOUT)
            assert ready, f"{text!r} is not in {self.output!r}"
            self.output += os.read(self._master, 4096)
        self.output = self.output.partition(text)[2]

    def wait_for_exit(self) -> int:
        """Wait for the end of the program, and return its exit code."""
        return self._process.wait(WAIT_TIMEOUT)
