"""One program of the control plane as a process, with its log."""

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
    """A running program; it ends when this process does, at the latest."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @classmethod
    def start(cls, program: Path, flags: Sequence[str], directory: Path, *, grace: float) -> "Component":
        """Start a program that logs into the directory; `grace` is how long it may take to stop, in seconds."""
        log = directory / f"{program.name}.log"
        command = [sys.executable, "-I", "-S", _watchdog.__file__, os.fspath(directory), str(grace)]
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603  a program that the user put where programs are looked for
                [*command, os.fspath(program), *flags],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=directory,
                start_new_session=True,  # Ctrl-C is for the launcher, which then stops the programs in order
            )
        return cls(program.name, process, log)

    def has_ended(self) -> bool:
        """Tell whether the program ended by itself."""
        return self.process.poll() is not None

    def stop(self) -> None:
        """End the program and wait for that."""
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
