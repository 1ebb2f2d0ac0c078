"""Running a plugin: bounded in time and output, and in no event loop's way."""

import math
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import IO

import anyio
import anyio.to_thread

from kubex.credentials._exec_config import ExecPlugin
from kubex.credentials._exec_stderr import StderrCollector
from kubex.errors import ConfigurationError

OUTPUT_LIMIT = 2**20
"""Bytes that a plugin may print on standard output."""

LAST_WORDS = 0.5
"""Seconds to wait for the end of standard error after a plugin has ended: what it started may hold it open."""

KILL_PATIENCE = 5.0
"""Seconds to wait until a plugin that was killed is gone."""

_CHUNK = 65536


@dataclass(frozen=True, slots=True)
class Ended:
    """How a plugin ended, and what it printed on standard output."""

    code: int
    output: bytes = field(repr=False)
    too_much: bool


class PluginRun:
    """One run, which goes on until it ends or is stopped, and then gives its resources back.

    A thread starts the program and waits for it, two others read what it prints.
    """

    def __init__(
        self,
        plugin: ExecPlugin,
        *,
        env: Mapping[str, str],
        interactive: bool,
        messages: StderrCollector,
        source: str,
        resources: AbstractContextManager[object],
    ) -> None:
        self._plugin = plugin
        self._env = env
        self._interactive = interactive
        self.messages = messages
        """What it says on standard error."""
        self._resources = resources
        self._source = source
        self._deadline = anyio.current_time() + (math.inf if plugin.timeout is None else plugin.timeout)
        self._lock = threading.Lock()
        self._stopped = False
        self._process: subprocess.Popen[bytes] | None = None
        self._output = bytearray()
        self._output_ended = threading.Event()
        self._errors_ended = threading.Event()
        self._outcome: Ended | BaseException | None = None
        self._over = threading.Event()
        self._thread(self._work)

    async def wait(self) -> Ended:
        """Wait for the end of the program, which is killed when its time is up; others may wait for it as well.

        Who is cancelled leaves it going on. Raises `TimeoutError`, and `ConfigurationError` if it cannot be started.
        """
        with anyio.CancelScope(deadline=self._deadline):
            await _in_thread(self._over.wait)
        if not self._over.is_set():
            await self.stop()
            raise TimeoutError
        if isinstance(self._outcome, Ended):
            return self._outcome
        raise self._outcome or RuntimeError("an exec plugin has no outcome")

    async def stop(self) -> None:
        """Kill the program if it is running, and wait until it is gone, also if the caller is cancelled."""
        with anyio.CancelScope(shield=True):
            await _in_thread(self._stop)

    def _thread(self, target: Callable[..., object], *args: object) -> None:
        # Daemons, since a read cannot be broken off, and what the program started may hold its end open.
        threading.Thread(target=target, args=args, name="kubex exec plugin", daemon=True).start()

    def _work(self) -> None:
        try:
            with self._resources:
                self._outcome = self._run()
        except BaseException as error:  # noqa: BLE001 - it is raised where the end is waited for
            self._outcome = error
        finally:
            self._over.set()

    def _run(self) -> Ended:
        process = self._start()
        try:
            self._thread(self._read_output, process.stdout)
            self._thread(self._read_errors, process.stderr)
        except RuntimeError:  # too many threads
            self._kill()
            raise
        self._output_ended.wait()
        code = process.wait()
        self._errors_ended.wait(LAST_WORDS)
        return Ended(code, bytes(self._output), len(self._output) > OUTPUT_LIMIT)

    def _stop(self) -> None:
        with self._lock:
            self._stopped = True
            started = self._process is not None
        if started:
            self._kill()
            self._output_ended.set()
            self._over.wait(KILL_PATIENCE)

    def _start(self) -> "subprocess.Popen[bytes]":
        program = find_program(self._plugin, source=self._source)
        with self._lock:
            if self._stopped:
                raise ConfigurationError("was given up before it started", source=self._source)
            try:
                self._process = subprocess.Popen(  # noqa: S603 - the user's own program, and no shell
                    [program, *self._plugin.args],
                    env=self._env,
                    bufsize=0,
                    stdin=None if self._interactive else subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    start_new_session=not self._interactive,  # out of its session it could not ask at the terminal
                )
            except OSError as error:
                raise ConfigurationError(_why_it_does_not_run(error), source=self._source) from error
            return self._process

    def _kill(self) -> None:
        if self._process is None or self._process.returncode is not None:  # its id may be another's by now
            return
        try:
            if self._interactive or sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # it has just ended, or became another user
            return

    def _read_output(self, pipe: IO[bytes]) -> None:
        try:
            with pipe:
                while chunk := pipe.read(_CHUNK):
                    self._output += chunk
                    if len(self._output) > OUTPUT_LIMIT:
                        self._kill()
                        break
        finally:
            self._output_ended.set()

    def _read_errors(self, pipe: IO[bytes]) -> None:
        try:
            with pipe:
                while chunk := pipe.read(_CHUNK):
                    self.messages.feed(chunk)
            self.messages.feed(b"")
        finally:
            self._errors_ended.set()


async def _in_thread(work: Callable[[], object]) -> None:
    """Block in a thread of its own: those that all of a program shares may be taken, by hung plugins even."""
    await anyio.to_thread.run_sync(work, abandon_on_cancel=True, limiter=anyio.CapacityLimiter(1))


def find_program(plugin: ExecPlugin, *, source: str) -> str:
    """Find a program on this process's PATH, as Go does, or at its path; raises `ConfigurationError`; blocks."""
    command = plugin.command
    found = shutil.which(command)
    by_path = bool(os.path.dirname(command))  # noqa: PTH120 - "./name" is a path, and Path("./name") is "name"
    if found is not None and (by_path or os.path.isabs(found)):  # noqa: PTH117
        return found
    if found is not None:
        problem = "is in the working directory only, where programs are not looked for; write its path"
    elif not by_path:
        problem = "is not on PATH"
    elif os.path.isdir(command):  # noqa: PTH112
        problem = "is a folder"
    elif os.path.exists(command):  # noqa: PTH110
        problem = "cannot be executed; chmod +x makes a program of a script"
    else:
        problem = "does not exist"
    hint = f"\n{plugin.install_hint}" if plugin.install_hint else ""
    raise ConfigurationError(problem + hint, source=source)


def _why_it_does_not_run(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):  # the program itself was found just now
        return "cannot be run: the interpreter in its first line does not exist"
    return f"cannot be run: {error.strerror or type(error).__name__}"
