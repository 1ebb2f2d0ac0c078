"""One program of the control plane, as a process with a log file."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kubex_testing.controlplane import _watchdog

LOG_TAIL_LINES = 20
LOG_TAIL_BYTES = 64 * 1024


@dataclass(frozen=True)
class Component:
    """A running program. It ends at the latest when this process ends."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @classmethod
    def start(cls, program: Path, flags: Sequence[str], directory: Path, *, grace: float) -> "Component":
        """Start a program that logs into the directory. `grace` is the time it has to stop, in seconds."""
        log = directory / f"{program.name}.log"
        # -I and -S ignore the environment and site-packages, so that the watchdog starts fast.
        command = [sys.executable, "-I", "-S", _watchdog.__file__, os.fspath(directory), str(grace)]
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603  the user provides the program
                [*command, os.fspath(program), *flags],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=directory,
                start_new_session=True,  # Ctrl-C must reach only the launcher, which stops the programs in order
            )
        return cls(program.name, process, log)

    def has_ended(self) -> bool:
        """Return whether the program has ended."""
        return self.process.poll() is not None

    def stop(self) -> None:
        """Stop the program and wait until it has ended."""
        self.process.terminate()
        self.process.wait()
        if self.process.stdin is not None:
            self.process.stdin.close()

    def log_tail(self) -> str:
        """Return the last lines of the log."""
        with self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - LOG_TAIL_BYTES))
            lines = file.read().decode(errors="replace").splitlines()
        return "\n".join(lines[-LOG_TAIL_LINES:])
