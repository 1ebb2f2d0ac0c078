"""Run one program, and end it when the process that asked for it is gone, however that one ended.

Started as a script: `python -I -S _watchdog.py DIRECTORY GRACE PROGRAM ARGUMENT...`. The launcher holds the other end
of stdin. SIGTERM is an orderly stop; end of file on stdin means that the launcher died without one, so that nobody is
left to remove its DIRECTORY, where private keys are.
"""

# PR_SET_PDEATHSIG would not do: it follows the thread that forked, and a launcher may run in a worker thread that ends
# early. An atexit function would not run after a SIGKILL.

import os
import select
import shutil
import signal
import subprocess
import sys
from types import FrameType


def main(directory: str, grace: float, command: list[str]) -> int:
    """Run the command until it ends by itself or has to; return its exit code, negative for a signal."""
    signal_pipe = _open_signal_pipe()  # before the program starts: an early SIGTERM must not leave it running
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603  the launcher chose the command
    if _wait_for_end(child, signal_pipe):
        child.kill()  # nobody will miss what it could still save
        child.wait()
        shutil.rmtree(directory, ignore_errors=True)  # each watchdog tries; the last one finds it at rest
        return child.returncode
    child.terminate()
    try:
        return child.wait(grace)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def _open_signal_pipe() -> int:
    """Return a descriptor from which the numbers of arriving signals can be read."""

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        """Do nothing: that the signal is handled makes its number appear in the pipe."""

    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGCHLD, on_signal)
    return reader


def _wait_for_end(child: subprocess.Popen[bytes], signal_pipe: int) -> bool:
    """Wait for the end of the program, for SIGTERM, or for the end of the launcher; tell whether it was the last."""
    while child.poll() is None:
        readable, _, _ = select.select([sys.stdin, signal_pipe], [], [])
        if signal_pipe in readable and signal.SIGTERM in os.read(signal_pipe, 64):
            return False
        if sys.stdin in readable:
            return True
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2]), sys.argv[3:]) & 0xFF)
