"""Run a shell in a container, as `kubectl exec -it` does: `python examples/interactive_shell.py POD [COMMAND...]`.

The terminal is in raw mode while the shell runs, so that every key is sent to it, also Ctrl-C and Ctrl-D. The shell has
the size of the terminal, also after the window was resized. The program needs Linux or macOS.
"""

import os
import signal
import sys
import termios
import tty
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

import anyio

from kubex import Api, KubexError, create_client
from kubex.streaming import Process
from kubex_k8s.v1_37.core.v1 import Pod

STDIN, STDOUT = 0, 1


@contextmanager
def raw_terminal() -> Iterator[None]:
    """Send every key to the program without changes, and restore the terminal at the end of the block."""
    settings = termios.tcgetattr(STDIN)
    try:
        tty.setraw(STDIN)
        yield
    finally:
        termios.tcsetattr(STDIN, termios.TCSADRAIN, settings)


async def send_input(process: Process) -> None:
    """Send each key to the shell. This function runs until it is cancelled, or the input ends."""
    while True:
        await anyio.wait_readable(STDIN)
        data = os.read(STDIN, 4096)
        if not data:
            return
        await process.stdin.send(data)


async def send_sizes(process: Process) -> None:
    """Send the size of the terminal now and after each change."""
    with anyio.open_signal_receiver(signal.SIGWINCH) as signals:
        await send_size(process)
        async for _ in signals:
            await send_size(process)


async def send_size(process: Process) -> None:
    """Send the size of the terminal."""
    size = os.get_terminal_size(STDIN)
    if size.columns and size.lines:  # 0 if the terminal does not have a size
        await process.resize(size.columns, size.lines)


async def write_output(process: Process) -> None:
    """Write the output of the shell to the terminal, until the shell ends."""
    async for data in process.stdout:
        rest = data
        while rest:
            await anyio.wait_writable(STDOUT)
            rest = rest[os.write(STDOUT, rest) :]


async def run_until_end(process: Process) -> None:
    """Copy the input and the output until the shell ends, or the connection is lost."""

    async def run(function: Callable[[Process], Awaitable[None]]) -> None:
        with suppress(KubexError):  # process.wait() raises it again, but not in an exception group
            await function(process)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run, send_input)
        tasks.start_soon(run, send_sizes)
        await run(write_output)
        tasks.cancel_scope.cancel()


async def main(pod: str, command: list[str]) -> int:
    """Run the command with the terminal of this program, and return its exit code."""
    async with (
        create_client() as client,
        Api(Pod, client).exec.stream(pod, command, stdin=True, tty=True) as process,
    ):
        with raw_terminal():
            await run_until_end(process)
        return await process.wait()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(f"usage: {sys.argv[0]} POD [COMMAND...]")
    if not (os.isatty(STDIN) and os.isatty(STDOUT)):
        sys.exit(f"{sys.argv[0]}: the standard input and output must be a terminal")
    try:
        sys.exit(anyio.run(main, sys.argv[1], sys.argv[2:] or ["sh"]))
    except KubexError as error:
        sys.exit(f"{sys.argv[0]}: {error}")
