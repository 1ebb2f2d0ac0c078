"""The examples for containers run on the embedded API server."""

from pathlib import Path

import anyio.to_thread
import pytest

from docs.blocks import ROOT
from docs.running_pod import create_running_pod
from docs.terminal import Terminal
from docs.test_examples import run_module
from kubex.client import create_client
from kubex_testing.embedded import ContainerProcess, EmbeddedServer, PortStream
from support.backend_pairs import BackendPair

pytestmark = pytest.mark.anyio


@pytest.fixture
async def running_pod(cluster: EmbeddedServer) -> EmbeddedServer:
    """Return the server, with the running pod `web-0`."""
    async with create_client() as client:
        await create_running_pod(cluster, client)
    return cluster


async def shell(process: ContainerProcess) -> int:
    """Print the sizes of the terminal and each key; end with Ctrl-D."""
    assert process.tty
    size = process.terminal_size or await process.wait_for_resize()
    await process.stdout.write(f"{size.width}x{size.height}\r\n".encode())
    size = await process.wait_for_resize()
    await process.stdout.write(f"{size.width}x{size.height}\r\n".encode())
    while (key := await process.stdin.read(1)) != b"\x04":
        await process.stdout.write(f"<{key.hex()}>".encode())
    return 5


async def test_interactive_shell_passes_keys_and_sizes_and_restores_the_terminal(
    running_pod: EmbeddedServer, pair: BackendPair
) -> None:
    running_pod.set_exec_handler(shell)

    def use() -> None:
        with Terminal(str(ROOT / "examples" / "interactive_shell.py"), pair.runtime, "web-0", "bash", "-l") as terminal:
            terminal.wait_for(b"80x24\r\n")
            assert terminal.settings != terminal.initial_settings
            terminal.resize(120, 40)
            terminal.wait_for(b"120x40\r\n")
            terminal.press(b"a\x03\r")
            terminal.wait_for(b"<61><03><0d>")
            terminal.press(b"\x04")
            assert terminal.wait_for_exit() == 5
            assert terminal.settings == terminal.initial_settings

    await anyio.to_thread.run_sync(use)


async def test_interactive_shell_restores_the_terminal_after_a_lost_connection(
    running_pod: EmbeddedServer, pair: BackendPair
) -> None:
    running_pod.set_exec_handler(shell)

    def use() -> None:
        with Terminal(str(ROOT / "examples" / "interactive_shell.py"), pair.runtime, "web-0", "sh") as terminal:
            terminal.wait_for(b"80x24\r\n")
            running_pod.drop_connections()
            terminal.wait_for(b"CommandInterrupted")
            assert terminal.wait_for_exit() == 1
            assert terminal.settings == terminal.initial_settings

    await anyio.to_thread.run_sync(use)


async def redis(stream: PortStream) -> None:
    """Reply to the commands PING, GET, KEYS and INCR, and return an error for others."""
    replies = {
        b"PING": b"+PONG\r\n",
        b"GET": b"$4\r\na\r\nb\r\n",
        b"KEYS": b"*2\r\n$1\r\na\r\n$-1\r\n",
        b"INCR": b":42\r\n",
    }
    while header := await stream.readline():
        words: list[bytes] = []
        for _ in range(int(header[1:])):
            await stream.readline()
            words.append((await stream.readline()).strip())
        await stream.write(replies.get(words[0], b"-ERR unknown command\r\n"))


@pytest.mark.parametrize(
    ("command", "printed"),
    [(["PING"], "PONG\n"), (["GET", "ä"], "a\r\nb\n"), (["KEYS", "*"], "['a', None]\n"), (["INCR", "n"], "42\n")],
)
async def test_redis_client_prints_the_reply(
    running_pod: EmbeddedServer, capsys: pytest.CaptureFixture[str], command: list[str], printed: str
) -> None:
    running_pod.set_port_target(6379, redis)
    await run_module("redis_client.py")["main"]("web-0", command)
    assert capsys.readouterr().out == printed


async def test_redis_client_raises_the_error_of_the_server(running_pod: EmbeddedServer) -> None:
    running_pod.set_port_target(6379, redis)
    module = run_module("redis_client.py")
    with pytest.raises(module["RedisError"], match="ERR unknown command"):
        await module["main"]("web-0", ["SHUTDOWN"])


async def test_copy_files_copies_in_both_directions_and_draws_progress(
    running_pod: EmbeddedServer, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    content = bytes(range(256)) * 10_000
    (tmp_path / "data.bin").write_bytes(content)
    copy = run_module("copy_files.py")["main"]
    await copy("data.bin", "web-0:/srv/data.bin")
    await copy("web-0:/srv/data.bin", "copy.bin")
    await copy("web-0:/srv", "folder")
    assert (tmp_path / "copy.bin").read_bytes() == (tmp_path / "folder" / "data.bin").read_bytes() == content
    upload, download, *_ = capsys.readouterr().err.split("\n")
    for line in (upload, download):
        assert f"[{'#' * 30}] 2.4 of 2.4 MiB, " in line
    with pytest.raises(SystemExit, match="one of the paths must be POD:PATH"):
        await copy("a", "b")
