"""Long runs of streams: `python -m benchmarks.streams.stress` checks that nothing is lost or leaked."""

import argparse
import hashlib
import random
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import TypeAlias

import anyio
import anyio.to_thread

from benchmarks.cases import PAIRS
from benchmarks.runner import run, server_process
from benchmarks.streams.idle_relay import idle_relay
from benchmarks.streams.leaks import Resources, leaked_since, settled_resources
from benchmarks.streams.programs import DIGEST, DIGEST_FOLDER, SOURCE, digest_of_blocks, encode_size, numbered_blocks
from benchmarks.streams.sessions import SESSIONS, cancel_session, run_at_once
from benchmarks.subjects.kubex_subject import find_backend
from benchmarks.worker import peak_rss
from kubex import Api, Client, ClientConfiguration
from kubex.errors import CommandInterrupted, KubexError
from kubex.streaming._channels import Channel, decode_message, decode_port
from kubex.streaming._exit_status import decode_exit_status
from kubex_k8s.v1_37.core.v1 import Pod

NOTHING = Resources(0, 0, 0)


@asynccontextmanager
async def connect(library: str, url: str) -> AsyncIterator[Api[Pod]]:
    """Yield the Pods of a server."""
    async with Client(ClientConfiguration(url=url), backend=find_backend(library)) as client:
        yield Api(Pod, client, namespace="default")


async def exec_output(pods: Api[Pod], size: int) -> None:
    """Check that the output of a command arrives unchanged."""
    digest = hashlib.sha256()
    async with pods.exec.stream("web-0", ["source", str(size)]) as process:
        async for _, data in process:
            digest.update(data)
        assert await process.wait() == 0
    assert digest.hexdigest() == digest_of_blocks(size)


async def exec_input(pods: Api[Pod], size: int) -> None:
    """Check that the input of a command arrives unchanged."""
    async with pods.exec.stream("web-0", ["sha256sum"], stdin=True) as process:
        for block in numbered_blocks(size):
            await process.stdin.send(block)
        await process.stdin.aclose()
        digest = b"".join([data async for data in process.stdout])
        assert await process.wait() == 0
    assert digest.decode() == digest_of_blocks(size)


async def port_output(pods: Api[Pod], size: int) -> None:
    """Check that the data of a port arrives unchanged."""
    digest = hashlib.sha256()
    async with pods.portforward.forward("web-0", SOURCE) as stream:
        await stream.send(encode_size(size))
        async for data in stream:
            digest.update(data)
    assert digest.hexdigest() == digest_of_blocks(size)


async def port_input(pods: Api[Pod], size: int) -> None:
    """Check that data arrives unchanged at a port."""
    async with pods.portforward.forward("web-0", DIGEST) as stream:
        await stream.send(encode_size(size))
        for block in numbered_blocks(size):
            await stream.send(block)
        digest = b"".join([data async for data in stream])
    assert digest.decode() == digest_of_blocks(size)


async def file_download(pods: Api[Pod], size: int) -> None:
    """Check that a file arrives unchanged from a container."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "copy")
        await pods.files.download("web-0", f"/data/{size}", target)
        assert await anyio.to_thread.run_sync(digest_of_file, target) == digest_of_blocks(size)


async def file_upload(pods: Api[Pod], size: int) -> None:
    """Check that a file arrives unchanged in a container."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "source")
        await anyio.to_thread.run_sync(write_blocks, source, size)
        await pods.files.upload("web-0", source, f"{DIGEST_FOLDER}/copy")
    result = await pods.exec.run("web-0", ["sha256sum", "copy"], check=True)
    assert result.stdout_text == digest_of_blocks(size)


def write_blocks(path: Path, size: int) -> None:
    """Write a file of numbered blocks."""
    with path.open("wb") as file:
        file.writelines(numbered_blocks(size))


def digest_of_file(path: Path) -> str:
    """Return the SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(2**20):
            digest.update(block)
    return digest.hexdigest()


async def paused_reader(pods: Api[Pod], size: int, *, pause: float, ping_interval: float) -> None:
    """Check that pings do not end a session, and nothing is lost, if the program does not read for a time."""
    digest, received = hashlib.sha256(), 0
    async with pods.exec.stream("web-0", ["source", str(size)], ping_interval=ping_interval) as process:
        async for _, data in process:
            if not received:
                await anyio.sleep(pause)
            digest.update(data)
            received += len(data)
        assert await process.wait() == 0
    assert (received, digest.hexdigest()) == (size, digest_of_blocks(size))


async def idle_sessions(library: str, url: str, *, limit: float, ping_interval: float) -> None:
    """Check that pings keep sessions open through a relay that closes idle connections, and that it closes others."""
    async with (
        idle_relay(url, limit) as relay,
        connect(library, relay) as pods,
        pods.exec.stream("web-0", ["cat"], stdin=True, ping_interval=None) as silent,
        pods.exec.stream("web-0", ["cat"], stdin=True, ping_interval=ping_interval) as process,
    ):
        try:
            await silent.wait()
        except CommandInterrupted:
            await anyio.sleep(2 * limit)
        else:
            raise AssertionError("the relay did not close the idle connection")
        await process.stdin.send(b"still there")
        assert await process.stdout.receive() == b"still there"


async def cycles(pods: Api[Pod], kind: str, count: int) -> Resources:
    """Open and close sessions of a kind; return the resources that they have leaked."""
    await SESSIONS[kind](pods, str)
    before = await settled_resources()
    for _ in range(count):
        await SESSIONS[kind](pods, str)
    return await leaked_since(before)


async def cancellations(pods: Api[Pod], kind: str, count: int, seed: int) -> tuple[int, Resources]:
    """Cancel this many sessions of a kind at random moments; return how many were opened, and the leaked resources."""
    source = random.Random(seed)
    await SESSIONS[kind](pods, str)
    before = await settled_resources()
    opened = cancelled = 0
    while cancelled < count:
        opened += 1
        cancelled += await cancel_session(SESSIONS[kind], pods, source)
    leaked = await leaked_since(before)
    await SESSIONS[kind](pods, str)
    return opened, leaked


def fuzz_channels(count: int, seed: int) -> int:
    """Decode random messages; return how many raised an error of Kubex. Other errors are not caught."""
    source = random.Random(seed)
    status = b'\x03{"metadata":{},"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":'
    seeds = [
        status + b'"ExitCode","message":"3"}]}}',
        b'\x03{"metadata":{},"status":"Success"}',
        b"\x01ab",
        b"\x00P\x00",
    ]
    errors = 0
    for _ in range(count):
        message = bytearray(source.choice(seeds))
        for _ in range(source.randrange(4)):
            position = source.randrange(len(message) + 1)
            message[position : position + source.randrange(3)] = source.randbytes(source.randrange(3))
        try:
            channel, data = decode_message(bytes(message))
            if channel == Channel.STATUS:
                decode_exit_status(data, path="/")
            decode_port(data)
        except KubexError:
            errors += 1
    return errors


Check: TypeAlias = Callable[[str, str, bool], Awaitable[str]]
"""A long run: its arguments are the library, the URL of the server and `tiny`, and its result is a figure."""

TRANSFERS = {
    "exec-output": exec_output,
    "exec-input": exec_input,
    "port-output": port_output,
    "port-input": port_input,
    "file-download": file_download,
    "file-upload": file_upload,
}


def _transfer(name: str) -> Check:
    async def check(library: str, url: str, tiny: bool) -> str:
        size = 16 * 2**20 if tiny else 2**30
        async with connect(library, url) as pods:
            await TRANSFERS[name](pods, 2**20)
            before = peak_rss() or 0
            await TRANSFERS[name](pods, size)
            growth = ((peak_rss() or 0) - before) / 2**20
        assert growth < 64
        return f"{size // 2**20} MiB unchanged, peak RSS grew by {growth:.1f} MiB"

    return check


async def _sessions(library: str, url: str, tiny: bool) -> str:
    count = 20 if tiny else 200
    async with connect(library, url) as pods:
        await run_at_once(pods, count)
    return f"{count} commands and {count} ports at once"


def _cycles(kind: str) -> Check:
    async def check(library: str, url: str, tiny: bool) -> str:
        count = 10 if tiny else 1000
        async with connect(library, url) as pods:
            leaked = await cycles(pods, kind, count)
        assert leaked == NOTHING, leaked
        return f"{count} cycles, leaked: {leaked}"

    return check


def _cancellations(kind: str) -> Check:
    async def check(library: str, url: str, tiny: bool) -> str:
        count = 20 if tiny else 5000
        async with connect(library, url) as pods:
            opened, leaked = await cancellations(pods, kind, count, seed=13)
        assert leaked == NOTHING, leaked
        return f"{count} of {opened} sessions were cancelled, leaked: {leaked}"

    return check


async def _paused_reader(library: str, url: str, tiny: bool) -> str:
    pause, ping_interval = (0.5, 0.05) if tiny else (10.0, 1.0)
    async with connect(library, url) as pods:
        await paused_reader(pods, 64 * 2**20, pause=pause, ping_interval=ping_interval)
    return f"64 MiB unchanged after a pause of {pause:g} s, with a ping each {ping_interval:g} s"


async def _idle_sessions(library: str, url: str, tiny: bool) -> str:
    limit, ping_interval = (0.5, 0.1) if tiny else (5.0, 2.0)
    await idle_sessions(library, url, limit=limit, ping_interval=ping_interval)
    return f"open after {3 * limit:g} s without data, through a relay that closes after {limit:g} s without traffic"


async def _fuzz(library: str, url: str, tiny: bool) -> str:
    del library, url
    count = 1000 if tiny else 10**6
    return f"{count} messages, {fuzz_channels(count, seed=13)} typed errors"


CHECKS: dict[str, Check] = {
    **{name: _transfer(name) for name in TRANSFERS},
    "concurrent": _sessions,
    **{f"cycles-{kind}": _cycles(kind) for kind in SESSIONS},
    **{f"cancel-{kind}": _cancellations(kind) for kind in SESSIONS},
    "paused-reader": _paused_reader,
    "idle": _idle_sessions,
    "fuzz": _fuzz,
}


def main() -> None:
    """Run the checks, each in a new process, and print a line for each."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.streams.stress", description=__doc__)
    parser.add_argument("--check", action="append", choices=CHECKS, help="run only this check; may be repeated")
    parser.add_argument("--pair", action="append", choices=PAIRS, help="run only on this pair; may be repeated")
    parser.add_argument("--tiny", action="store_true", help="do very little work, to see that everything runs")
    parser.add_argument("--url", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.url is not None:  # a process of one check
        library, _, runtime = options.pair[0].partition("/")
        print(anyio.run(CHECKS[options.check[0]], library, options.url, options.tiny, backend=runtime))
        return
    with server_process("benchmarks.streams.server", []) as url:
        for name in options.check or CHECKS:
            for pair in PAIRS[:1] if name == "fuzz" else options.pair or PAIRS:
                start = perf_counter()
                command = ["-m", "benchmarks.streams.stress", "--check", name, "--pair", pair, "--url", url]
                figure = run([*command, "--tiny"] if options.tiny else command).strip()
                print(f"{name} on {pair}: {figure} ({perf_counter() - start:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
