"""Run one program, and stop it when the launcher ends for any reason.

Run it as a script: `python -I -S _watchdog.py DIRECTORY GRACE PROGRAM ARGUMENT...`. The launcher keeps the other end of
stdin open. SIGTERM requests an orderly stop within GRACE seconds. End of file on stdin means that the launcher was
killed. Then the program has five seconds, and the watchdog also removes DIRECTORY, because it contains private keys.
"""

# PR_SET_PDEATHSIG does not work here: it is bound to the thread that forked, and the launcher may run in a worker
# thread that ends early. An atexit function would not run after SIGKILL.

import os
import select
import shutil
import signal
import subprocess
import sys
from types import FrameType

# Nothing needs the data of the program any more, but it must end the processes that it started.
ORPHAN_GRACE = 5.0


def main(directory: str, grace: float, command: list[str]) -> int:
    """Run the command until it ends or must stop. Returns its exit code, which is negative after a signal."""
    signal_pipe = _open_signal_pipe()  # before the start, so that an early SIGTERM stops the program
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603  the launcher chose the command
    if _wait_for_end(child, signal_pipe):
        _stop(child, ORPHAN_GRACE)
        shutil.rmtree(directory, ignore_errors=True)  # each watchdog tries; the last one succeeds
        return child.returncode
    return _stop(child, grace)


def _stop(child: subprocess.Popen[bytes], grace: float) -> int:
    child.terminate()
    try:
        return child.wait(grace)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def _open_signal_pipe() -> int:
    """Return a pipe that receives the number of each signal."""

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        """Do nothing. Python writes the signal number to the pipe because the signal has a handler."""

    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGCHLD, on_signal)
    return reader


def _wait_for_end(child: subprocess.Popen[bytes], signal_pipe: int) -> bool:
    """Wait for the end of the program, SIGTERM, or the end of the launcher. Returns True for the last one."""
    while child.poll() is None:
        readable, _, _ = select.select([sys.stdin, signal_pipe], [], [])
        if signal_pipe in readable and signal.SIGTERM in os.read(signal_pipe, 64):
            return False
        if sys.stdin in readable:
            return True
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2]), sys.argv[3:]) & 0xFF)
