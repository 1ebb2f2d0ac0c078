"""Sessions of exec, attach, port-forward and files that the long runs open, and cancel at random moments."""

import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random
from typing import TypeAlias

import anyio
import anyio.lowlevel

from benchmarks.streams.programs import ECHO
from kubex import Api
from kubex_k8s.v1_37.core.v1 import Pod

PHASES = ("connecting", "open", "closing")
"""The moments that a session reports. The handshake is a part of `connecting`."""

Report: TypeAlias = Callable[[str], object]
Session: TypeAlias = Callable[[Api[Pod], Report], Awaitable[None]]

_LINE = b"0123456789" * 100


async def run_command(pods: Api[Pod], report: Report) -> None:
    """Run a command with input and output to its end."""
    report("connecting")
    report("open")
    report("closing")
    result = await pods.exec.run("web-0", ["sha256sum"], stdin=_LINE)
    assert len(result.stdout) == 64


async def use_exec(pods: Api[Pod], report: Report) -> None:
    """Send lines to a command, and read them."""
    report("connecting")
    async with pods.exec.stream("web-0", ["cat"], stdin=True) as process:
        report("open")
        for _ in range(10):
            await process.stdin.send(_LINE)
            received = 0
            while received < len(_LINE):
                received += len(await process.stdout.receive())
        await process.stdin.aclose()
        report("closing")
        assert await process.wait() == 0


async def use_attach(pods: Api[Pod], report: Report) -> None:
    """Attach, and detach while the program runs."""
    report("connecting")
    async with pods.attach.stream("web-0", stdin=True) as process:
        report("open")
        await process.stdin.send(_LINE)
        report("closing")


async def use_port(pods: Api[Pod], report: Report) -> None:
    """Send data to a port, and read it."""
    report("connecting")
    async with pods.portforward.forward("web-0", ECHO) as stream:
        report("open")
        for _ in range(10):
            await stream.send(_LINE)
            received = 0
            while received < len(_LINE):
                received += len(await stream.receive())
        report("closing")


async def use_listener(pods: Api[Pod], report: Report) -> None:
    """Listen on a local port, and use one connection."""
    report("connecting")
    async with pods.portforward.listen("web-0", {ECHO: 0}) as listener:
        async with await anyio.connect_tcp("127.0.0.1", listener.ports[ECHO]) as local:
            report("open")
            await local.send(_LINE)
            received = 0
            while received < len(_LINE):
                received += len(await local.receive())
        report("closing")


async def download_file(pods: Api[Pod], report: Report) -> None:
    """Copy a file from a container. Cancellation must not leave a partial file."""
    report("connecting")
    report("open")
    report("closing")
    with tempfile.TemporaryDirectory() as folder:
        try:
            await pods.files.download("web-0", f"/data/{len(_LINE)}", f"{folder}/copy")
        except BaseException:
            assert list(Path(folder).iterdir()) == []  # noqa: ASYNC240 - a local folder
            raise


async def upload_file(pods: Api[Pod], report: Report) -> None:
    """Copy data to a file in a container."""
    report("connecting")
    report("open")
    report("closing")
    await pods.files.write("web-0", "/data/copy", _LINE)


SESSIONS: dict[str, Session] = {
    "exec.run": run_command,
    "exec.stream": use_exec,
    "attach.stream": use_attach,
    "forward": use_port,
    "listen": use_listener,
    "files.download": download_file,
    "files.write": upload_file,
}


async def cancel_session(session: Session, pods: Api[Pod], source: Random) -> bool:
    """Run a session and cancel it at a random moment; return whether it was cancelled before its end."""
    phase, passes = source.choice(PHASES), source.randrange(source.choice((4, 20, 100)))

    async def cancel() -> None:
        for _ in range(passes):
            await anyio.lowlevel.checkpoint()
        scope.cancel()

    def report(reached: str) -> None:
        if reached == phase:
            tasks.start_soon(cancel)

    async with anyio.create_task_group() as tasks:
        with anyio.CancelScope() as scope:
            await session(pods, report)
        tasks.cancel_scope.cancel()
    return scope.cancelled_caught


async def run_at_once(pods: Api[Pod], count: int) -> None:
    """Open this number of commands and as many ports; none is used or closed before all are open."""
    opened = 0
    all_open = anyio.Event()

    async def run() -> None:
        nonlocal opened
        async with (
            pods.exec.stream("web-0", ["cat"], stdin=True) as process,
            pods.portforward.forward("web-0", ECHO) as stream,
        ):
            opened += 1
            if opened == count:
                all_open.set()
            await all_open.wait()
            for _ in range(3):
                await process.stdin.send(_LINE)
                await stream.send(_LINE)
                assert await process.stdout.receive() == await stream.receive() == _LINE

    async with anyio.create_task_group() as tasks:
        for _ in range(count):
            tasks.start_soon(run)
