"""The files of containers: the commands that change them, and tar archives."""

import io
import tarfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kubex_testing.embedded import ContainerFiles, EmbeddedServer
from kubex_testing.embedded._containers.files import File, Symlink
from support.polling import wait_until
from support.running_pod import RunningPod

LARGE = bytes(range(256)) * 8192
LONG_NAME = "/".join(["folder-with-a-long-name"] * 12)


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(tls=False, run_pods=True)
    with server:
        yield server
    assert server.failures == []


@pytest.fixture
def pod(server: EmbeddedServer, make_client: Callable[..., Any]) -> RunningPod:
    return RunningPod(server, make_client(server.handle), server.handle)


def write(pod: RunningPod, path: str, content: bytes = b"", mode: int = 0o644) -> None:
    pod.server.write_container_file(pod.namespace, pod.name, "main", path, content, mode=mode)


def read(pod: RunningPod, path: str) -> bytes:
    return pod.server.read_container_file(pod.namespace, pod.name, "main", path)


def archive(*members: tarfile.TarInfo, form: int = tarfile.PAX_FORMAT, content: bytes = b"") -> bytes:
    """Return an archive. Each regular file has the same content."""
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w", format=form) as tar:
        for member in members:
            if member.isreg():
                member.size = len(content)
            tar.addfile(member, io.BytesIO(content) if member.isreg() else None)
    return output.getvalue()


def member(
    name: str, kind: bytes = tarfile.REGTYPE, mode: int = 0o644, link: str = "", mtime: float = 0
) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.linkname, info.mtime = kind, mode, link, mtime
    return info


def test_file_that_the_test_writes_is_visible_to_commands(pod: RunningPod) -> None:
    write(pod, "/data/a.txt", b"hello", 0o600)
    assert pod.run("cat", "/data/a.txt").stdout == b"hello"
    assert pod.run("stat", "-c", "%a %s %n", "/data/a.txt").stdout == b"600 5 /data/a.txt\n"
    assert pod.run("ls", "/data").stdout == b"a.txt\n"


def test_file_that_a_command_writes_is_visible_to_the_test(pod: RunningPod) -> None:
    assert pod.run("sh", "-c", 'cat > "$0"', "/srv/with space", stdin=LARGE).exit_code == 0
    assert read(pod, "/srv/with space") == LARGE


def test_missing_pods_and_files_are_errors_with_their_name(pod: RunningPod) -> None:
    with pytest.raises(KeyError, match=f"pod {pod.namespace}/other does not exist; create it first"):
        pod.server.read_container_file(pod.namespace, "other", "main", "/x")
    with pytest.raises(FileNotFoundError, match="/none"):
        read(pod, "/none")


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_tar_extracts_files_folders_and_links(pod: RunningPod, form: int) -> None:
    data = archive(
        member("d", tarfile.DIRTYPE, 0o750, mtime=1000),
        member("d/ä b", mode=0o4711, mtime=2000),
        member("d/link", tarfile.SYMTYPE, link="ä b"),
        member("d/hard", tarfile.LNKTYPE, 0o4711, link="d/ä b", mtime=2000),
        form=form,
        content=LARGE,
    )
    answer = pod.run("tar", "xf", "-", "-C", "/srv", stdin=data)
    assert (answer.stderr, answer.exit_code) == (b"", 0)
    assert read(pod, "/srv/d/link") == read(pod, "/srv/d/hard") == LARGE
    formats = [pod.run("stat", "-c", "%a %Y", f"/srv/{name}").stdout for name in ("d", "d/ä b")]
    assert formats == [b"750 1000\n", b"4711 2000\n"]


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_tar_extracts_long_names(pod: RunningPod, form: int) -> None:
    data = archive(
        member(f"{LONG_NAME}/a"), member("b", tarfile.SYMTYPE, link=f"{LONG_NAME}/a"), form=form, content=b"x"
    )
    assert pod.run("tar", "-x", "-m", "-p", "-f", "-", stdin=data).exit_code == 0
    assert read(pod, "/b") == b"x"


def test_tar_without_times_uses_the_current_time(pod: RunningPod) -> None:
    assert pod.run("tar", "xmf", "-", stdin=archive(member("old", mtime=1000))).exit_code == 0
    assert int(pod.run("stat", "-c", "%Y", "/old").stdout) > 1000


def test_tar_on_v4_ends_at_the_end_of_the_archive(pod: RunningPod) -> None:
    with pod.open("tar", "xf", "-", subprotocol="v4.channel.k8s.io") as socket:
        socket.send(b"\0" + archive(member("v4"), content=b"x"))
        assert socket.receive() == b'\x03{"status":"Success"}'
    assert read(pod, "/v4") == b"x"


def test_tar_writes_an_archive_that_tarfile_reads(pod: RunningPod) -> None:
    write(pod, "/data/d/large", LARGE, 0o640)
    write(pod, f"/data/d/{LONG_NAME}", b"deep")
    write(pod, "/data/d/-empty")
    pod.run("ln", "-s", "large", "/data/d/link")
    pod.run("touch", "-d", "@1700000000", "/data/d/large")
    answer = pod.run("tar", "cf", "-", "-C", "/data", "d")
    assert (answer.stderr, answer.exit_code, len(answer.stdout) % tarfile.RECORDSIZE) == (b"", 0, 0)
    with tarfile.open(fileobj=io.BytesIO(answer.stdout)) as tar:
        members = {item.name: item for item in tar.getmembers()}
        large = tar.extractfile("d/large")
        assert large is not None
        assert large.read() == LARGE
        assert (members["d/large"].mode, members["d/large"].mtime) == (0o640, 1_700_000_000)
        assert members["d"].isdir()
        assert members["d/link"].linkname == "large"
        assert members["d/-empty"].size == 0
        assert f"d/{LONG_NAME}" in members
    assert next(iter(members)) == "d"


def test_archive_of_one_container_can_be_extracted_in_the_same(pod: RunningPod) -> None:
    write(pod, "/data/a/b", LARGE)
    pod.run("mkdir", "-p", "/copy/of")
    data = pod.run("tar", "-cf", "-", "-C", "/data/a", ".").stdout
    assert pod.run("tar", "-xf", "-", "-C", "/copy/of", stdin=data).exit_code == 0
    assert read(pod, "/copy/of/b") == LARGE


TAR_ERRORS: list[tuple[tuple[str, ...], bytes, bytes]] = [
    (("cf", "-", "-C", "/srv", "none"), b"", b"tar: none: Cannot stat: No such file or directory\n"),
    (("cf", "-"), b"", b"tar: Cowardly refusing to create an empty archive\n"),
    (("cf", "-", "-C", "/none", "x"), b"", b"tar: /none: Cannot open: No such file or directory\n"),
    (("xf", "-"), b"x" * 512, b"tar: This does not look like a tar archive\n"),
    (("xf", "-"), b"x" * 100, b"tar: Unexpected EOF in archive\n"),
    (("xf", "-"), archive(member("a"), content=LARGE)[:2000], b"tar: Unexpected EOF in archive\n"),
    (("xf", "-"), archive(member("../up")), b"tar: ../up: Member name contains '..'\n"),
    (("xf", "-"), archive(member("dev/null/x")), b"tar: dev/null/x: Cannot open: File exists\n"),
    (("xf", "-"), archive(member("fifo", tarfile.FIFOTYPE)), b"tar: fifo: Cannot open: Operation not permitted\n"),
    (("xzf", "-"), b"", b"tar: only `tar cf -` and `tar xf -` are available in the embedded server\n"),
    (("cf", "/srv/a.tar", "x"), b"", b"tar: only `tar cf -` and `tar xf -` are available in the embedded server\n"),
]


@pytest.mark.parametrize(("arguments", "stdin", "stderr"), TAR_ERRORS)
def test_error_of_tar_has_exit_code_2(pod: RunningPod, arguments: tuple[str, ...], stdin: bytes, stderr: bytes) -> None:
    answer = pod.run("tar", *arguments, stdin=stdin)
    assert answer.exit_code == 2
    assert answer.stderr.startswith(stderr)


STEPS: list[tuple[tuple[str, ...], bytes, int]] = [
    (("mkdir", "/a"), b"", 0),
    (("mkdir", "/a"), b"mkdir: cannot create directory '/a': File exists\n", 1),
    (("mkdir", "-p", "/a/b/c", "/a"), b"", 0),
    (("mkdir", "/x/y"), b"mkdir: cannot create directory '/x/y': No such file or directory\n", 1),
    (("touch", "/a/f"), b"", 0),
    (("chmod", "600", "/a/f"), b"", 0),
    (("mv", "/a/f", "/a/g"), b"", 0),
    (("mv", "/a/none", "/a/h"), b"mv: cannot stat '/a/none': No such file or directory\n", 1),
    (("mv", "/a/g", "/a/b"), b"", 0),
    (("test", "-f", "/a/b/g"), b"", 0),
    (("mv", "-T", "/a/b/g", "/a/b/c"), b"mv: cannot move '/a/b/g' to '/a/b/c': Is a directory\n", 1),
    (("mv", "/a", "/a/b"), b"mv: cannot move '/a' to '/a/b': Invalid argument\n", 1),
    (("rm", "/a"), b"rm: cannot remove '/a': Is a directory\n", 1),
    (("rm", "/none"), b"rm: cannot remove '/none': No such file or directory\n", 1),
    (("rm", "-rf", "/none", "/a"), b"", 0),
    (("test", "-e", "/a"), b"", 1),
    (("ls", "/none"), b"ls: cannot access '/none': No such file or directory\n", 2),
    (("stat", "-c", "%a", "/none"), b"stat: cannot stat '/none': No such file or directory\n", 1),
    (("rm", "--help"), b"rm: only `rm [-r] [-f] PATH...` is available in the embedded server\n", 1),
]


def test_file_commands_in_sequence(pod: RunningPod) -> None:
    for argv, stderr, code in STEPS:
        answer = pod.run(*argv)
        assert (argv, answer.stderr, answer.exit_code) == (argv, stderr, code)


def test_file_can_be_written_before_the_pod_runs(pod: RunningPod) -> None:
    gated = {"containers": [{"name": "main", "image": "i"}], "schedulingGates": [{"name": "example.com/x"}]}
    pod.client.create("pods", {"metadata": {"name": "later"}, "spec": gated})
    pod.server.write_container_file(pod.namespace, "later", "main", "/data/a", b"x")
    pod.client.patch(pod.client.path("pods", "later"), {"metadata": {"labels": {"a": "b"}}})
    assert pod.server.read_container_file(pod.namespace, "later", "main", "/data/a") == b"x"


def test_new_pod_of_the_same_name_has_no_files(pod: RunningPod) -> None:
    write(pod, "/data/a", b"x")
    path = pod.client.path("pods", pod.name)
    pod.client.request("DELETE", path)
    wait_until(lambda: pod.client.request("GET", path).status == 404)
    containers = [{"name": "main", "image": "i"}]
    pod.client.create("pods", {"metadata": {"name": pod.name}, "spec": {"containers": containers}})
    pod.server.run_pods()
    assert pod.run("test", "-e", "/data/a").exit_code == 1


def test_links_are_followed_and_cycles_are_errors() -> None:
    files = ContainerFiles()
    files.write_bytes("/data/real/a", b"x")
    for path, target in (("/data/link", "real"), ("/abs", "/data/link"), ("/loop", "loop"), ("/broken", "none")):
        files.put(path, Symlink(target))
    assert files.read_bytes("/abs/../real/./a") == files.read_bytes("/abs/a") == b"x"
    assert [files.exists(path) for path in ("/", "/..", "/loop", "/broken", "/data/real/a/b")] == [
        True,
        True,
        False,
        False,
        False,
    ]
    with pytest.raises(OSError, match="Too many levels of symbolic links"):
        files.node("/loop")
    files.create("/broken")
    assert isinstance(files.node("/none"), File)
    files.remove("/abs")
    assert files.exists("/data/real/a")


def test_reader_of_a_replaced_file_keeps_its_content() -> None:
    files = ContainerFiles()
    files.write_bytes("/a", LARGE)
    content = files.file("/a").content
    files.write_bytes("/a", b"new")
    assert content.read(0, len(LARGE)) == LARGE
    assert files.read_bytes("/a") == b"new"
