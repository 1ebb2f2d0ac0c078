"""Run a command to its end and collect its output."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Coroutine, Sequence
from typing import Any, TypeAlias

import anyio

from kubex.core._exec_errors import (
    CommandEndedError,
    CommandInterrupted,
    ExecError,
    ExecResult,
    StdinCloseError,
)
from kubex.errors import ConfigurationError, ConnectionLost
from kubex.streaming._process import Process

Input: TypeAlias = bytes | bytearray | memoryview | str | AsyncIterable[bytes]
"""Standard input of a command: bytes, text (sent as UTF-8), or an asynchronous iterator of bytes."""


def check_command(command: Sequence[str] | str) -> list[str]:
    """Return the arguments of a command; a str is the name of one program. Raise ConfigurationError if it is empty."""
    arguments = [command] if isinstance(command, str) else list(command)
    if not all(isinstance(argument, str) for argument in arguments):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError("command must be a str or a sequence of str")
    if not arguments or not arguments[0]:
        raise ConfigurationError("is empty; pass the program and its arguments", field="command")
    return arguments


def check_input(stdin: Input | None) -> None:
    """Raise TypeError if the input has a wrong type, before the command is started."""
    expected = (bytes, bytearray, memoryview, str, AsyncIterable)
    if stdin is not None and not isinstance(stdin, expected):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"stdin must be bytes, a str or an asynchronous iterator of bytes, not {type(stdin).__name__}")


async def run_command(process: Process, command: Sequence[str], stdin: Input | None, *, check: bool) -> ExecResult:
    """Send the input, read the output until the command ends, and return the result."""
    output: dict[str, list[bytes]] = {"stdout": [], "stderr": []}

    async def read_output() -> None:
        async for channel, data in process:
            output[channel].append(data)

    try:
        async with process:
            if stdin is None:
                await read_output()
            else:
                if not process.can_close_stdin:
                    raise StdinCloseError
                await run_both(read_output, lambda: _send_input(process, stdin))
            exit_code = await process.wait()
    except CommandInterrupted as error:
        error.stdout, error.stderr = b"".join(output["stdout"]), b"".join(output["stderr"])
        raise
    result = ExecResult(b"".join(output["stdout"]), b"".join(output["stderr"]), exit_code)
    if check and exit_code != 0:
        raise ExecError(command, result)
    return result


async def _send_input(process: Process, stdin: Input) -> None:
    try:
        if isinstance(stdin, str):
            stdin = stdin.encode()
        if isinstance(stdin, (bytes, bytearray, memoryview)):
            await process.stdin.send(bytes(stdin))
        else:
            async for data in stdin:
                await process.stdin.send(data)
        await process.stdin.aclose()
    except (CommandEndedError, ConnectionLost):
        return  # the command may end before it has read its input; its result is returned


async def run_both(
    main: Callable[[], Coroutine[Any, Any, None]], background: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    """Run both functions until `main` ends. An exception of either function is raised unchanged."""
    failure: Exception | None = None

    async def run_background() -> None:
        nonlocal failure
        try:
            await background()
        except Exception as error:  # noqa: BLE001 - raised below
            failure = error
            tasks.cancel_scope.cancel()

    async with anyio.create_task_group() as tasks:  # exceptions are stored, because the group would wrap them
        tasks.start_soon(run_background)
        try:
            await main()
        except Exception as error:  # noqa: BLE001 - raised below
            failure = error
        tasks.cancel_scope.cancel()
    if failure is not None:
        raise failure
