"""Copy files to and from containers, on the embedded server and on a real kube-apiserver with a kubelet."""

import os
from pathlib import Path

import anyio
import pytest

from behaviour.running_pods import run_pod
from kubex.api import Api
from kubex.client import Client
from kubex.errors import (
    ConfigurationError,
    ContainerNameRequired,
    DeadlineExceeded,
    FileTransferError,
    NotFound,
    RemoteFileNotFoundError,
    TargetExistsError,
    UnsafeMemberError,
)
from kubex_k8s.v1_37.core.v1 import Pod
from streaming.tar_archives import create_random_tree, describe_tree, random_source

pytestmark = [pytest.mark.anyio, pytest.mark.covers("pitfall-42")]

# In bytes: more than the buffers on the way.
LARGE = 5 * 2**20 + 17


@pytest.fixture
async def pods(container_client: Client) -> Api[Pod]:
    """Return the Pods of the test's namespace, with the ready Pod `web`, which has a folder `data`."""
    await run_pod(container_client, "web")
    pods = Api(Pod, container_client)
    await pods.exec.run("web", ["mkdir", "data"], check=True)
    return pods


async def names_in(pods: Api[Pod], folder: str) -> list[str]:
    """Return the names in a folder of the container, which must not contain line feeds."""
    return (await pods.exec.run("web", ["ls", "-A", folder], check=True)).stdout_text.splitlines()


def local_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def describe(pods: Api[Pod], path: str) -> str:
    """Return the permissions and the modification time of a file of the container."""
    return (await pods.exec.run("web", ["stat", "-c", "%a %Y", path], check=True)).stdout_text.strip()


@pytest.mark.parametrize("size", [0, 1, 512, LARGE])
async def test_file_of_any_size_is_unchanged_after_upload_and_download(
    pods: Api[Pod], tmp_path: Path, size: int
) -> None:
    content = random_source().randbytes(size)
    source = tmp_path / "source"
    source.write_bytes(content)
    source.chmod(0o640)
    os.utime(source, (0, 1_234_567_890))
    await pods.files.upload("web", source, "data/file")
    assert await describe(pods, "data/file") == "640 1234567890"
    assert await pods.files.read("web", "data/file") == content
    await pods.files.download("web", "data/file", tmp_path / "target")
    assert describe_tree(tmp_path)["target"] == describe_tree(tmp_path)["source"]
    assert await names_in(pods, "data") == ["file"]
    assert local_names(tmp_path) == ["source", "target"]


@pytest.mark.parametrize("seed", [1, 2])
async def test_folder_is_unchanged_after_upload_and_download(pods: Api[Pod], tmp_path: Path, seed: int) -> None:
    create_random_tree(tmp_path / "source", seed)
    await pods.files.upload("web", tmp_path / "source", "data/folder")
    await pods.files.download("web", "data/folder", tmp_path / "target")
    assert describe_tree(tmp_path / "target") == describe_tree(tmp_path / "source")
    assert await names_in(pods, "data") == ["folder"]
    assert local_names(tmp_path) == ["source", "target"]


@pytest.mark.parametrize("name", ["-rf", "two words", "$(id)`id`'\"", "*", "line\nfeed", "ünïcödé", "\\", "n" * 255])
async def test_names_are_not_interpreted(pods: Api[Pod], tmp_path: Path, name: str) -> None:
    content = name.encode()
    await pods.files.write("web", f"data/{name}", content)
    assert await pods.files.read("web", f"data/{name}") == content
    await pods.files.download("web", f"data/{name}", tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == content


@pytest.mark.parametrize("name", ["-rf", "two words", "*"])
async def test_names_without_a_folder_are_relative_to_the_working_directory(
    pods: Api[Pod], tmp_path: Path, name: str
) -> None:
    await pods.files.write("web", name, b"content")
    folder = (await pods.exec.run("web", ["pwd"], check=True)).stdout_text.removesuffix("\n")
    assert await pods.files.read("web", f"{folder}/{name}") == b"content"
    assert await pods.files.read("web", name) == b"content"
    await pods.files.download("web", name, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"content"


async def test_write_replaces_a_file_and_sets_its_permissions(pods: Api[Pod]) -> None:
    for content in (b"first", b"", bytes(range(256)) * 5000):
        await pods.files.write("web", "data/file", content)
        assert await pods.files.read("web", "data/file") == content
        assert (await describe(pods, "data/file")).startswith("644 ")
    assert await names_in(pods, "data") == ["file"]


@pytest.mark.parametrize("path", ["data/missing", "missing/file"])
async def test_missing_remote_file_raises_file_not_found_error(pods: Api[Pod], tmp_path: Path, path: str) -> None:
    with pytest.raises(RemoteFileNotFoundError, match=f"^web:{path}: tar ended with exit code"):
        await pods.files.download("web", path, tmp_path / "target")
    with pytest.raises(FileNotFoundError, match=f"^web:{path}: cat ended with exit code"):
        await pods.files.read("web", path)
    assert local_names(tmp_path) == []


async def test_upload_into_a_missing_folder_raises_file_not_found_error(pods: Api[Pod]) -> None:
    with pytest.raises(RemoteFileNotFoundError, match=r"^web:data/missing/file: tar ended with exit code"):
        await pods.files.write("web", "data/missing/file", b"")
    assert await names_in(pods, "data") == []


async def test_missing_local_paths_raise_file_not_found_error(pods: Api[Pod], tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="missing"):
        await pods.files.upload("web", tmp_path / "missing", "data/file")
    with pytest.raises(FileNotFoundError, match="missing"):
        await pods.files.download("web", "data", tmp_path / "missing" / "folder")


async def test_upload_does_not_replace_a_folder_with_content(pods: Api[Pod], tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"new")
    await pods.exec.run("web", ["mkdir", "data/folder"], check=True)
    await pods.files.write("web", "data/folder/old", b"old")
    for name in ("folder", "file"):
        with pytest.raises(TargetExistsError, match="the target exists and cannot be replaced: mv: "):
            await pods.files.upload("web", tmp_path / name, "data/folder")
    assert await names_in(pods, "data/folder") == ["old"]
    assert await names_in(pods, "data") == ["folder"]


async def test_upload_replaces_an_empty_folder_with_a_folder(pods: Api[Pod], tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"new")
    await pods.files.upload("web", tmp_path, "data/")
    assert await names_in(pods, "data") == ["file"]


async def test_download_does_not_replace_a_folder_with_content(pods: Api[Pod], tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"old")
    await pods.files.write("web", "data/file", b"new")
    for remote in ("data", "data/file"):
        with pytest.raises(FileExistsError, match=f"^web:{remote}: .* is"):
            await pods.files.download("web", remote, tmp_path)
    assert local_names(tmp_path) == ["old"]


async def test_paths_that_end_with_a_slash_name_folders(pods: Api[Pod], tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"new")
    with pytest.raises(ConfigurationError, match="remote: must be the final name of the file or folder"):
        await pods.files.upload("web", tmp_path / "file", "data/")
    await pods.files.write("web", "data/file", b"new")
    with pytest.raises(FileTransferError, match="is a file"):
        await pods.files.download("web", "data/file", f"{tmp_path}/target/")
    with pytest.raises(FileTransferError, match=r"^web:data/file/: tar ended with exit code"):
        await pods.files.download("web", "data/file/", tmp_path / "target")
    await pods.files.download("web", "data/", f"{tmp_path}/target/")
    assert (tmp_path / "target/file").read_bytes() == b"new"


@pytest.mark.parametrize("path", ["", "a\0b"])
async def test_impossible_remote_path_raises_and_names_the_argument(pods: Api[Pod], tmp_path: Path, path: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^path: must be the path of a file"):
        await pods.files.read("web", path)
    with pytest.raises(ConfigurationError, match=r"^remote: must be the path of a file"):
        await pods.files.download("web", path, tmp_path / "target")
    with pytest.raises(ConfigurationError, match=r"^remote: must be the path of a file"):
        await pods.files.write("web", path, b"")


async def test_working_directory_can_be_downloaded(pods: Api[Pod], tmp_path: Path) -> None:
    await pods.files.write("web", "data/file", b"content")
    await pods.files.download("web", "data/.", tmp_path / "target")
    assert (tmp_path / "target/file").read_bytes() == b"content"


@pytest.mark.parametrize("target", ["file", "../data/file", "./second", "{pwd}/data/file"])
async def test_download_follows_a_link_to_a_file(pods: Api[Pod], tmp_path: Path, target: str) -> None:
    folder = (await pods.exec.run("web", ["pwd"], check=True)).stdout_text.strip().rstrip("/")
    await pods.files.write("web", "data/file", b"content")
    await pods.exec.run("web", ["ln", "-s", "file", "data/second"], check=True)
    await pods.exec.run("web", ["ln", "-s", target.format(pwd=folder), "data/link"], check=True)
    await pods.files.download("web", "data/link", tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == b"content"
    assert not (tmp_path / "target").is_symlink()


async def test_download_follows_a_link_to_a_folder(pods: Api[Pod], tmp_path: Path) -> None:
    await pods.files.write("web", "data/file", b"content")
    await pods.exec.run("web", ["ln", "-s", "data", "link"], check=True)
    await pods.files.download("web", "link", tmp_path / "target")
    assert (tmp_path / "target/file").read_bytes() == b"content"


async def test_download_of_a_loop_of_links_raises(pods: Api[Pod], tmp_path: Path) -> None:
    await pods.exec.run("web", ["ln", "-s", "loop", "data/loop"], check=True)
    with pytest.raises(FileTransferError, match=r"^web:data/loop: too many symbolic links"):
        await pods.files.download("web", "data/loop", tmp_path / "target")
    assert local_names(tmp_path) == []


@pytest.mark.parametrize("target", ["/etc/passwd", "../..", "file/../../../x"])
async def test_folder_with_a_link_to_the_outside_is_not_downloaded(pods: Api[Pod], tmp_path: Path, target: str) -> None:
    await pods.files.write("web", "data/file", b"content")
    await pods.exec.run("web", ["ln", "-s", target, "data/link"], check=True)
    with pytest.raises(UnsafeMemberError) as caught:
        await pods.files.download("web", "data", tmp_path / "target")
    assert caught.value.member == "./data/link"
    assert caught.value.path == "web:data"
    assert local_names(tmp_path) == []


async def test_progress_reports_the_copied_bytes_and_the_total(pods: Api[Pod], tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    for name in ("a", "b"):
        (tmp_path / "source" / name).write_bytes(bytes(LARGE))
    calls: list[tuple[int, int | None]] = []

    def progress(done: int, total: int | None) -> None:
        calls.append((done, total))

    await pods.files.upload("web", tmp_path / "source", "data/folder", progress=progress)
    assert calls[-1] == (2 * LARGE, 2 * LARGE)
    assert calls == sorted(calls)
    assert len(calls) > 5
    calls.clear()
    await pods.files.download("web", "data/folder/a", tmp_path / "file", progress=progress)
    assert calls[-1] == (LARGE, LARGE)
    calls.clear()
    await pods.files.download("web", "data/folder", tmp_path / "folder", progress=progress)
    assert calls[-1:] == [(2 * LARGE, None)]


@pytest.mark.parametrize("size", [0, 1, 5000])
async def test_progress_of_a_small_file_ends_with_its_size(pods: Api[Pod], tmp_path: Path, size: int) -> None:
    (tmp_path / "source").write_bytes(bytes(size))
    calls: list[tuple[int, int | None]] = []
    await pods.files.upload("web", tmp_path / "source", "data/file", progress=lambda *call: calls.append(call))
    assert calls[-1] == (size, size)
    await pods.files.download("web", "data/file", tmp_path / "target", progress=lambda *call: calls.append(call))
    assert calls[-1] == (size, size)


async def test_error_of_the_progress_function_ends_the_copy(pods: Api[Pod], tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(bytes(LARGE))

    def progress(done: int, total: int | None) -> None:
        raise KeyError(done)

    with pytest.raises(KeyError):
        await pods.files.upload("web", tmp_path / "source", "data/file", progress=progress)
    assert await names_in(pods, "data") == []
    await pods.files.upload("web", tmp_path / "source", "data/file")
    with pytest.raises(KeyError):
        await pods.files.download("web", "data/file", tmp_path / "target", progress=progress)
    assert local_names(tmp_path) == ["source"]


async def test_cancelled_copies_leave_nothing(pods: Api[Pod], tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(bytes(LARGE))
    await pods.files.upload("web", tmp_path / "source", "data/complete")
    scopes = [anyio.CancelScope(), anyio.CancelScope()]
    with scopes[0]:
        await pods.files.upload("web", tmp_path / "source", "data/file", progress=lambda *_: scopes[0].cancel())
    with scopes[1]:
        await pods.files.download("web", "data/complete", tmp_path / "file", progress=lambda *_: scopes[1].cancel())
    assert [scope.cancelled_caught for scope in scopes] == [True, True]
    assert await names_in(pods, "data") == ["complete"]
    assert local_names(tmp_path) == ["source"]


async def test_copies_can_run_at_the_same_time(pods: Api[Pod], tmp_path: Path) -> None:
    async def copy(number: int) -> None:
        content = random_source(number).randbytes(100_000)
        await pods.files.write("web", f"data/{number}", content)
        await pods.files.download("web", f"data/{number}", tmp_path / str(number))
        assert (tmp_path / str(number)).read_bytes() == content

    async with anyio.create_task_group() as tasks:
        for number in range(10):
            tasks.start_soon(copy, number)


async def test_container_is_selected_by_its_name(container_client: Client, tmp_path: Path) -> None:
    await run_pod(container_client, "two", containers=("first", "second"))
    pods = Api(Pod, container_client)
    await pods.files.write("two", "file", b"content", container="second")
    assert await pods.files.read("two", "file", container="second") == b"content"
    await pods.files.download("two", "file", tmp_path / "file", container="second")
    with pytest.raises(ContainerNameRequired):
        await pods.files.read("two", "file")
    with pytest.raises(ContainerNameRequired):
        await pods.files.upload("two", tmp_path / "file", "file")
    with pytest.raises(ContainerNameRequired):
        await pods.files.download("two", "file", tmp_path / "other")


async def test_missing_pod_raises_not_found(pods: Api[Pod], tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"")
    with pytest.raises(NotFound, match='pods "missing" not found'):
        await pods.files.read("missing", "file")
    with pytest.raises(NotFound):
        await pods.files.upload("missing", tmp_path / "source", "file")
    with pytest.raises(NotFound):
        await pods.files.download("missing", "file", tmp_path / "target")


async def test_request_timeout_limits_the_complete_copy(pods: Api[Pod], tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(bytes(LARGE))
    with pytest.raises(DeadlineExceeded):
        await pods.files.upload("web", tmp_path / "source", "data/file", request_timeout=0.001)
    assert await names_in(pods, "data") == []
    await pods.files.upload("web", tmp_path / "source", "data/file", request_timeout=60)
    with pytest.raises(DeadlineExceeded):
        await pods.files.download("web", "data/file", tmp_path / "target", request_timeout=0.001)
    assert local_names(tmp_path) == ["source"]


@pytest.mark.parametrize("data", ["text", 5, None])
async def test_write_accepts_only_bytes(pods: Api[Pod], data: object) -> None:
    with pytest.raises(TypeError, match="bytes-like"):
        await pods.files.write("web", "data/file", data)  # type: ignore[arg-type]  # checked at run time
    await pods.files.write("web", "data/file", memoryview(bytearray(b"abc")))
    assert await pods.files.read("web", "data/file") == b"abc"
