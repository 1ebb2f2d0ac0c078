"""Run an exec plugin as a process, with limits of time and output, without blocking the event loop."""

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
"""The maximum number of bytes that a plugin can print on standard output."""

STDERR_TIMEOUT = 0.5
"""Seconds to wait for the end of standard error after the plugin has exited: a child of it may keep the pipe open."""

KILL_TIMEOUT = 5.0
"""Seconds to wait for a killed plugin to exit."""

_CHUNK = 65536


@dataclass(frozen=True, slots=True)
class ProcessResult:
    """The exit code and the standard output of a plugin."""

    exit_code: int
    output: bytes = field(repr=False)
    exceeded_limit: bool


class PluginProcess:
    """A running plugin. When it has exited, or was stopped, its resources are released.

    One thread starts the program and waits for it; two other threads read its output.
    """

    def __init__(
        self,
        plugin: ExecPlugin,
        *,
        env: Mapping[str, str],
        interactive: bool,
        stderr: StderrCollector,
        source: str,
        resources: AbstractContextManager[object],
    ) -> None:
        self._plugin = plugin
        self._env = env
        self._interactive = interactive
        self.stderr = stderr
        """The standard error of the plugin."""
        self._resources = resources
        self._source = source
        self._deadline = anyio.current_time() + (math.inf if plugin.timeout is None else plugin.timeout)
        self._lock = threading.Lock()
        self._stopped = False
        self._process: subprocess.Popen[bytes] | None = None
        self._output = bytearray()
        self._output_ended = threading.Event()
        self._stderr_ended = threading.Event()
        self._outcome: ProcessResult | BaseException | None = None
        self._finished = threading.Event()
        self._start_thread(self._run_and_release)

    async def wait(self) -> ProcessResult:
        """Wait for the program to exit; it is killed at its timeout. Several callers can wait.

        If a caller is cancelled, the program keeps running. Raises `TimeoutError`, and `ConfigurationError` if the
        program cannot be started.
        """
        with anyio.CancelScope(deadline=self._deadline):
            await _in_thread(self._finished.wait)
        if not self._finished.is_set():
            await self.stop()
            raise TimeoutError
        if isinstance(self._outcome, ProcessResult):
            return self._outcome
        raise self._outcome or RuntimeError("the exec plugin has finished without a result")

    async def stop(self) -> None:
        """Kill the program and wait until it has exited, even if the caller is cancelled."""
        with anyio.CancelScope(shield=True):
            await _in_thread(self._stop)

    def _start_thread(self, target: Callable[..., object], *args: object) -> None:
        # Daemon threads, because a read cannot be interrupted, and a child of the plugin may keep a pipe open.
        threading.Thread(target=target, args=args, name="kubex exec plugin", daemon=True).start()

    def _run_and_release(self) -> None:
        try:
            with self._resources:
                self._outcome = self._run()
        except BaseException as error:  # noqa: BLE001 - wait() raises it
            self._outcome = error
        finally:
            self._finished.set()

    def _run(self) -> ProcessResult:
        process = self._start()
        try:
            self._start_thread(self._read_output, process.stdout)
            self._start_thread(self._read_stderr, process.stderr)
        except RuntimeError:  # the system cannot start another thread
            self._kill()
            raise
        self._output_ended.wait()
        code = process.wait()
        self._stderr_ended.wait(STDERR_TIMEOUT)
        return ProcessResult(code, bytes(self._output), len(self._output) > OUTPUT_LIMIT)

    def _stop(self) -> None:
        with self._lock:
            self._stopped = True
            started = self._process is not None
        if started:
            self._kill()
            self._output_ended.set()
            self._finished.wait(KILL_TIMEOUT)

    def _start(self) -> "subprocess.Popen[bytes]":
        program = find_program(self._plugin, source=self._source)
        with self._lock:
            if self._stopped:
                raise ConfigurationError("was stopped before it started", source=self._source)
            try:
                self._process = subprocess.Popen(  # noqa: S603 - the user's program, without a shell
                    [program, *self._plugin.args],
                    env=self._env,
                    bufsize=0,
                    stdin=None if self._interactive else subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    # A new session allows killing all children, but a program in it cannot read from the terminal.
                    start_new_session=not self._interactive,
                )
            except OSError as error:
                raise ConfigurationError(_start_problem(error), source=self._source) from error
            return self._process

    def _kill(self) -> None:
        # After the program has exited, another process may have its id.
        if self._process is None or self._process.returncode is not None:
            return
        try:
            if self._interactive or sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # it has just exited, or runs as another user
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

    def _read_stderr(self, pipe: IO[bytes]) -> None:
        try:
            with pipe:
                while chunk := pipe.read(_CHUNK):
                    self.stderr.feed(chunk)
            self.stderr.feed(b"")
        finally:
            self._stderr_ended.set()


async def _in_thread(work: Callable[[], object]) -> None:
    # A separate limiter, because plugins that hang could occupy all threads of the default one.
    await anyio.to_thread.run_sync(work, abandon_on_cancel=True, limiter=anyio.CapacityLimiter(1))


def find_program(plugin: ExecPlugin, *, source: str) -> str:
    """Find the program on the PATH of this process, or at its path; raises `ConfigurationError`; blocks."""
    command = plugin.command
    found = shutil.which(command)
    is_path = bool(os.path.dirname(command))  # noqa: PTH120 - Path("./name") would lose the separator
    # Like Go, do not run a program that a relative entry of PATH finds in the working directory.
    if found is not None and (is_path or os.path.isabs(found)):  # noqa: PTH117
        return found
    if found is not None:
        problem = "was found only in the working directory, which is not searched; write a path such as ./name"
    elif not is_path:
        problem = "was not found on PATH; install it, or write its path"
    elif os.path.isdir(command):  # noqa: PTH112
        problem = "is a folder; write the path of a program"
    elif os.path.exists(command):  # noqa: PTH110
        problem = "cannot be executed; run chmod +x to make a script executable"
    else:
        problem = "does not exist; install it, or correct the path"
    hint = f"\n{plugin.install_hint}" if plugin.install_hint else ""
    raise ConfigurationError(problem + hint, source=source)


def _start_problem(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):  # find_program() has found the program itself
        return "cannot be run: the interpreter in its first line does not exist"
    return f"cannot be run: {error.strerror or type(error).__name__}"
