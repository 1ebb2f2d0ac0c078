"""Copies of files with programs that are missing, fail, or stop, and with programs of this machine."""

import asyncio
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from behaviour.running_pods import run_pod
from kubex.api import Api
from kubex.client import Client
from kubex.errors import (
    CommandInterrupted,
    CommandStartError,
    ConnectionLost,
    FileTransferError,
    ProgramNotFoundError,
    UnsafeMemberError,
)
from kubex_k8s.v1_37.core.v1 import Pod
from kubex_testing.embedded import CommandNotFoundError, ContainerProcess, EmbeddedServer, ProcessHandler
from streaming.tar_archives import archive_of, create_random_tree, describe_tree, header

pytestmark = [pytest.mark.anyio, pytest.mark.covers("pitfall-42")]

TOP = header("./top", size=3)
ARCHIVE = archive_of(TOP, content=b"abc")


@pytest.fixture
async def pods(embedded_client: Client, kubex_server: EmbeddedServer) -> Api[Pod]:
    """Return the Pods of an embedded server that only this test uses, with the ready Pod `web`."""
    kubex_server.run_pods()
    await run_pod(embedded_client, "web")
    pods = Api(Pod, embedded_client)
    await pods.exec.run("web", ["mkdir", "/data"], check=True)
    return pods


def without(*programs: str) -> ProcessHandler:
    """Return a handler for a container without some programs."""

    async def run(process: ContainerProcess) -> int:
        if process.argv[0] in programs:
            raise CommandNotFoundError(process.argv[0])
        return await process.run_builtin()

    return run


def tar_that_writes(archive: bytes, *, stderr: bytes = b"", code: int = 0) -> ProcessHandler:
    """Return a handler in which `tar` writes an archive and ends with an exit code."""

    async def run(process: ContainerProcess) -> int:
        if process.argv[0] != "tar":
            return await process.run_builtin()
        await process.stdout.write(archive)
        await process.stderr.write(stderr)
        return code

    return run


def programs_in(folder: Path) -> ProcessHandler:
    """Return a handler that runs the programs of this machine in a folder."""

    async def run(process: ContainerProcess) -> int:
        pipe = subprocess.PIPE
        started = await asyncio.create_subprocess_exec(
            *process.argv, cwd=folder, stdin=pipe, stdout=pipe, stderr=pipe, env={**os.environ, "LC_ALL": "C"}
        )
        output, errors = await started.communicate(b"".join([data async for data in process.stdin]))
        await process.stdout.write(output)
        await process.stderr.write(errors)
        assert started.returncode is not None
        return started.returncode

    return run


def local_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def remote_names(pods: Api[Pod]) -> list[str]:
    return (await pods.exec.run("web", ["ls", "-A", "/data"], check=True)).stdout_text.split()


async def test_container_without_tar_raises_and_names_the_program(
    pods: Api[Pod], kubex_server: EmbeddedServer, tmp_path: Path
) -> None:
    kubex_server.set_exec_handler(without("tar"))
    (tmp_path / "source").write_bytes(b"")
    message = r"^web:/data/file: the container does not contain tar, which copies files"
    with pytest.raises(ProgramNotFoundError, match=message) as caught:
        await pods.files.upload("web", tmp_path / "source", "/data/file")
    assert caught.value.program == "tar"
    assert isinstance(caught.value.__cause__, CommandStartError)
    with pytest.raises(ProgramNotFoundError, match=message):
        await pods.files.write("web", "/data/file", b"")
    with pytest.raises(ProgramNotFoundError, match=message):
        await pods.files.download("web", "/data/file", tmp_path / "target")
    assert local_names(tmp_path) == ["source"]


async def test_read_needs_only_cat(pods: Api[Pod], kubex_server: EmbeddedServer) -> None:
    await pods.files.write("web", "/data/file", b"content")
    kubex_server.set_exec_handler(without("tar", "mv", "rm"))
    assert await pods.files.read("web", "/data/file") == b"content"
    kubex_server.set_exec_handler(without("cat"))
    with pytest.raises(ProgramNotFoundError, match="does not contain cat"):
        await pods.files.read("web", "/data/file")


async def test_upload_without_mv_keeps_the_temporary_file_and_names_it(
    pods: Api[Pod], kubex_server: EmbeddedServer
) -> None:
    kubex_server.set_exec_handler(without("mv"))
    with pytest.raises(ProgramNotFoundError, match="does not contain mv") as caught:
        await pods.files.write("web", "/data/file", b"content")
    (temporary,) = await remote_names(pods)
    assert f"temporary name '/data/{temporary}/file'" in str(caught.value)
    assert await pods.files.read("web", f"/data/{temporary}/file") == b"content"


async def test_upload_without_rm_leaves_an_empty_folder(pods: Api[Pod], kubex_server: EmbeddedServer) -> None:
    kubex_server.set_exec_handler(without("rm"))
    await pods.files.write("web", "/data/file", b"content")
    temporary, name = await remote_names(pods)
    assert name == "file"
    assert temporary.startswith(".kubex-")
    assert (await pods.exec.run("web", ["ls", "-A", f"/data/{temporary}"])).stdout == b""


@pytest.mark.parametrize("code", [126, 127])
async def test_exit_code_of_a_runtime_for_a_missing_program_is_recognized(
    pods: Api[Pod], kubex_server: EmbeddedServer, tmp_path: Path, code: int
) -> None:
    kubex_server.set_exec_handler(tar_that_writes(b"", code=code))
    with pytest.raises(ProgramNotFoundError):
        await pods.files.download("web", "/data/top", tmp_path / "target")


async def test_command_that_cannot_start_for_another_reason_raises_the_original_error(
    pods: Api[Pod], kubex_server: EmbeddedServer, tmp_path: Path
) -> None:
    async def fail(process: ContainerProcess) -> int:
        raise RuntimeError("the runtime is broken")

    kubex_server.set_exec_handler(fail)
    with pytest.raises(CommandStartError, match="the runtime is broken"):
        await pods.files.download("web", "/data/top", tmp_path / "target")


async def test_download_raises_if_tar_fails_after_the_archive(
    pods: Api[Pod], kubex_server: EmbeddedServer, tmp_path: Path
) -> None:
    message = b"tar: ./top/a: Cannot open: Permission denied\n"
    kubex_server.set_exec_handler(tar_that_writes(ARCHIVE, stderr=message, code=2))
    with pytest.raises(FileTransferError, match=r"^web:/data/top: tar ended with exit code 2: .*Permission denied$"):
        await pods.files.download("web", "/data/top", tmp_path / "target")
    assert local_names(tmp_path) == []


@pytest.mark.parametrize(
    ("stderr", "accepted"),
    [
        (b"tar: ./top: file changed as we read it\n", True),
        (b"tar: ./a: file changed as we read it\ntar: ./b: file changed as we read it\n", True),
        (b"tar: ./top: File shrank by 5 bytes; padding with zeros\n", False),
        (b"tar: ./a: file changed as we read it\ntar: ./b: File removed before we read it\n", False),
        (b"", False),
    ],
)
async def test_download_accepts_files_that_grow_but_no_other_warning(
    pods: Api[Pod], kubex_server: EmbeddedServer, tmp_path: Path, stderr: bytes, *, accepted: bool
) -> None:
    kubex_server.set_exec_handler(tar_that_writes(ARCHIVE, stderr=stderr, code=1))
    if accepted:
        await pods.files.download("web", "/data/top", tmp_path / "target")
    else:
        with pytest.raises(FileTransferError, match="exit code 1"):
            await pods.files.download("web", "/data/top", tmp_path / "target")
    assert local_names(tmp_path) == (["target"] if accepted else [])


async def test_download_of_an_incomplete_archive_raises(
    pods: Api[Pod], kubex_server: EmbeddedServer, tmp_path: Path
) -> None:
    kubex_server.set_exec_handler(tar_that_writes(ARCHIVE[:1024]))
    with pytest.raises(FileTransferError, match=r"^web:/data/top: the tar archive is not complete$"):
        await pods.files.download("web", "/data/top", tmp_path / "target")
    assert local_names(tmp_path) == []


async def test_download_checks_members_although_tar_succeeds(
    pods: Api[Pod], kubex_server: EmbeddedServer, tmp_path: Path
) -> None:
    kubex_server.set_exec_handler(tar_that_writes(archive_of(header("./top/../../evil"))))
    with pytest.raises(UnsafeMemberError, match=r"^web:/data/top: the member '\./top/\.\./\.\./evil'"):
        await pods.files.download("web", "/data/top", tmp_path / "target")
    assert local_names(tmp_path) == []


async def test_interrupted_download_leaves_nothing(
    pods: Api[Pod], kubex_server: EmbeddedServer, tmp_path: Path
) -> None:
    async def stop(process: ContainerProcess) -> int:
        await process.stdout.write(ARCHIVE[:515])
        await asyncio.Event().wait()
        return 0

    (tmp_path / "target").write_bytes(b"old")
    kubex_server.set_exec_handler(stop)
    with pytest.raises(CommandInterrupted):
        await pods.files.download(
            "web", "/data/top", tmp_path / "target", progress=lambda *_: kubex_server.drop_connections()
        )
    assert local_names(tmp_path) == ["target"]
    assert (tmp_path / "target").read_bytes() == b"old"


async def test_interrupted_upload_raises_connection_lost(
    pods: Api[Pod], kubex_server: EmbeddedServer, tmp_path: Path
) -> None:
    async def stop(process: ContainerProcess) -> int:
        if process.argv[0] != "tar":
            return await process.run_builtin()
        while await process.stdin.read():
            pass
        await asyncio.Event().wait()
        return 0

    (tmp_path / "source").write_bytes(bytes(2**20))
    kubex_server.set_exec_handler(stop)
    with pytest.raises(ConnectionLost):
        await pods.files.upload(
            "web", tmp_path / "source", "/data/file", progress=lambda *_: kubex_server.drop_connections()
        )
    assert await remote_names(pods) == []


async def test_upload_that_fails_removes_its_temporary_folder(
    pods: Api[Pod], kubex_server: EmbeddedServer, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(bytes(3 * 2**20))
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(FileTransferError, match="fifo' is not a file, a folder or a symbolic link"):
        await pods.files.upload("web", tmp_path, "/data/folder")
    assert await remote_names(pods) == []
    assert kubex_server.failures == []


async def test_upload_that_fails_ends_tar_before_it_removes_the_temporary_folder(
    pods: Api[Pod], kubex_server: EmbeddedServer, tmp_path: Path
) -> None:
    """Otherwise tar could create the folder after it was removed."""
    events: list[str] = []

    async def record(process: ContainerProcess) -> int:
        events.append(f"{process.argv[0]} starts")
        while await process.stdin.read():
            pass
        await asyncio.sleep(0)
        events.append(f"{process.argv[0]} ends")
        return 0

    def fail(done: int, total: int | None) -> None:
        raise KeyError(done)

    (tmp_path / "file").write_bytes(bytes(2**20))
    kubex_server.set_exec_handler(record)
    with pytest.raises(KeyError):
        await pods.files.upload("web", tmp_path / "file", "/data/file", progress=fail)
    assert events == ["tar starts", "tar ends", "rm starts", "rm ends"]


async def test_programs_receive_paths_as_arguments(
    pods: Api[Pod], kubex_server: EmbeddedServer, tmp_path: Path
) -> None:
    commands: list[tuple[str, ...]] = []

    async def record(process: ContainerProcess) -> int:
        commands.append(process.argv)
        return await process.run_builtin()

    kubex_server.set_exec_handler(record)
    await pods.files.write("web", "/data/-$(id)", b"content")
    await pods.files.read("web", "/data/-$(id)")
    await pods.files.download("web", "/data/-$(id)", tmp_path / "file")
    temporary = commands[1][2].split("/")[2]
    assert commands == [
        ("tar", "-xpof", "-", "-C", "/data"),
        ("mv", "-f", f"/data/{temporary}/-$(id)", "/data/"),
        ("rm", "-rf", f"/data/{temporary}"),
        ("cat", "/data/-$(id)"),
        ("tar", "-cf", "-", "-C", "/data", "./-$(id)"),
    ]


@pytest.mark.skipif(shutil.which("tar") is None, reason="needs tar")
async def test_folder_is_unchanged_with_the_programs_of_this_machine(
    pods: Api[Pod], kubex_server: EmbeddedServer, tmp_path: Path
) -> None:
    container = tmp_path / "container"
    container.mkdir()
    kubex_server.set_exec_handler(programs_in(container))
    create_random_tree(tmp_path / "source", 3)
    expected = describe_tree(tmp_path / "source")
    await pods.files.upload("web", tmp_path / "source", "folder")
    assert describe_tree(container / "folder") == expected
    await pods.files.download("web", "folder", tmp_path / "target")
    assert describe_tree(tmp_path / "target") == expected
    await pods.files.write("web", "file", b"content")
    assert await pods.files.read("web", "file") == b"content"
    assert local_names(container) == ["file", "folder"]
