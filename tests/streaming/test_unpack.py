"""Unpack archives safely: no member leaves the folder, and nothing remains after an error."""

import os
import shutil
import stat
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kubex.errors import FileTransferError, KubexError, TargetExistsError, UnsafeMemberError
from kubex.streaming import _unpack
from kubex.streaming._unpack import RootLinkError, Unpacker
from streaming.tar_archives import (
    FORMATS,
    LONG_NAME,
    archive_of,
    create_random_tree,
    describe_tree,
    header,
    random_source,
)

FOLDER = header("./top/", type=tarfile.DIRTYPE, mode=0o755)


@pytest.fixture(params=["with the filter of tarfile", "without it"])
def tar_filter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the test also without the `data` filter, which old versions of Python lack."""
    if request.param == "without it":
        monkeypatch.setattr(_unpack, "_FILTER", None)


def unpack(archive: bytes, target: Path, *, prefix: str = "top", needs_folder: bool = False) -> Unpacker:
    """Unpack an archive. After an error, nothing may remain."""
    before = sorted(target.parent.iterdir())
    unpacker = Unpacker(target, prefix, needs_folder=needs_folder)
    try:
        for start in range(0, len(archive), 10_000):
            unpacker.feed(archive[start : start + 10_000])
        unpacker.finish()
    except BaseException:
        unpacker.discard()
        assert sorted(target.parent.iterdir()) == before
        raise
    assert sorted(target.parent.iterdir()) == sorted({*before, target})
    return unpacker


def symlink(name: str, target: str) -> tarfile.TarInfo:
    return header(name, type=tarfile.SYMTYPE, linkname=target)


def hard_link(name: str, target: str) -> tarfile.TarInfo:
    return header(name, type=tarfile.LNKTYPE, linkname=target)


def file(name: str) -> tarfile.TarInfo:
    return header(name, size=3)


UNSAFE = {
    "absolute path": [file("/etc/passwd")],
    "parent folder": [file("top/../../a")],
    "parent folder at the end": [header("top/..", type=tarfile.DIRTYPE)],
    "other folder": [file("other/a")],
    "prefix of the name": [file("topmost")],
    "absolute link": [symlink("top/a", "/etc/passwd")],
    "link to the parent folder": [symlink("top/a", "..")],
    "link out of a folder": [symlink("top/b/c/a", "../../../x")],
    "link that goes down and up": [symlink("top/a", "b/../../x")],
    "links that leave together": [symlink("top/b/a", ".."), symlink("top/c", "b/a/../x")],
    "file through a link": [symlink("top/a", "b"), file("top/a/c")],
    "folder through a link": [symlink("top/a", "."), header("top/a/c", type=tarfile.DIRTYPE)],
    "folder below a file": [file("top/a"), file("top/a/b")],
    "hard link to an absolute path": [hard_link("top/a", "/etc/passwd")],
    "hard link to the parent folder": [hard_link("top/a", "top/../../etc/passwd")],
    "hard link to nothing": [hard_link("top/a", "top/b")],
    "hard link to a folder": [hard_link("top/a", "top")],
    "hard link to a link": [symlink("top/b", "c"), hard_link("top/a", "top/b")],
    "hard link through a link": [file("top/b"), symlink("top/l", "."), hard_link("top/a", "top/l/b")],
    "character device": [header("top/a", type=tarfile.CHRTYPE)],
    "block device": [header("top/a", type=tarfile.BLKTYPE)],
    "FIFO": [header("top/a", type=tarfile.FIFOTYPE)],
    "unknown type": [header("top/a", type=b"Z")],
    "link at the top": [header("top", type=tarfile.LNKTYPE, linkname="top/a")],
}


@pytest.mark.usefixtures("tar_filter")
@pytest.mark.parametrize("members", UNSAFE.values(), ids=UNSAFE)
@pytest.mark.parametrize("tar_format", ["gnu", "pax"])
def test_unsafe_member_raises_and_is_named(tmp_path: Path, members: list[tarfile.TarInfo], tar_format: str) -> None:
    first = [] if members[0].name == "top" else [FOLDER]
    archive = archive_of(*first, *members, content=b"abc", tar_format=FORMATS[tar_format])
    with pytest.raises(UnsafeMemberError) as caught:
        unpack(archive, tmp_path / "target")
    assert caught.value.member == members[-1].name
    assert repr(members[-1].name) in str(caught.value)


def test_name_with_a_null_character_is_unsafe(tmp_path: Path) -> None:
    member = header("top/a", pax_headers={"path": "top/a\0b"})
    with pytest.raises(UnsafeMemberError, match="not a relative path"):
        unpack(archive_of(FOLDER, member, tar_format=tarfile.PAX_FORMAT), tmp_path / "target")


def test_errors_of_the_filter_of_tarfile_name_the_member(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(member: tarfile.TarInfo, path: object) -> None:
        if member.name.endswith("/a"):
            raise ValueError("refused")

    monkeypatch.setattr(_unpack, "_FILTER", refuse)
    monkeypatch.setattr(_unpack, "_FILTER_ERROR", ValueError)
    with pytest.raises(UnsafeMemberError, match="the member 'top/a' of the archive is not safe: refused"):
        unpack(archive_of(FOLDER, file("top/a"), content=b"abc"), tmp_path / "target")


@pytest.mark.usefixtures("tar_filter")
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("tar_format", ["oldgnu", "gnu", "pax"])
def test_random_tree_of_the_tar_of_this_machine_is_unchanged(tmp_path: Path, seed: int, tar_format: str) -> None:
    create_random_tree(tmp_path / "top", seed)
    expected = describe_tree(tmp_path / "top")
    command = ["tar", "-cf", "-", f"--format={tar_format}", "-C", str(tmp_path), "./top"]
    archive = subprocess.run(command, capture_output=True, check=True).stdout
    unpacker = unpack(archive, tmp_path / "target")
    assert describe_tree(tmp_path / "target") == expected
    assert unpacker.total is None
    assert unpacker.done == sum(path.stat().st_size for path in (tmp_path / "top").rglob("*") if path.is_file())


@pytest.mark.parametrize("tar_format", FORMATS.values(), ids=FORMATS)
def test_root_of_an_archive_is_the_folder_without_a_prefix(tmp_path: Path, tar_format: int) -> None:
    members = [header("./", type=tarfile.DIRTYPE, mode=0o750, mtime=5), header("./a", size=3, mode=0o640, mtime=7)]
    unpack(archive_of(*members, content=b"abc", tar_format=tar_format), tmp_path / "target", prefix="")
    assert describe_tree(tmp_path / "target") == {".": (0o750, 5, None), "a": (0o640, 7, b"abc")}


def test_setuid_bits_are_not_kept(tmp_path: Path) -> None:
    unpack(archive_of(header("top", mode=0o6755)), tmp_path / "target")
    assert stat.S_IMODE((tmp_path / "target").stat().st_mode) == 0o755


def test_hard_links_are_kept(tmp_path: Path) -> None:
    unpack(archive_of(FOLDER, file("top/a"), hard_link("top/b", "./top/a"), content=b"abc"), tmp_path / "target")
    assert (tmp_path / "target" / "a").samefile(tmp_path / "target" / "b")


def test_holes_of_sparse_files_are_kept(tmp_path: Path) -> None:
    size = 2**24
    with (tmp_path / "top").open("wb") as sparse:
        sparse.seek(2**20)
        sparse.write(b"abc")
        sparse.truncate(size)
    command = ["tar", "-cSf", "-", "-C", str(tmp_path), "./top"]
    unpacker = unpack(subprocess.run(command, capture_output=True, check=True).stdout, tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == (tmp_path / "top").read_bytes()
    assert unpacker.total == size


def test_folders_without_a_member_are_created(tmp_path: Path) -> None:
    unpack(archive_of(FOLDER, file("top/a/b/c"), content=b"abc"), tmp_path / "target")
    assert (tmp_path / "target/a/b/c").read_bytes() == b"abc"


def test_folder_can_appear_twice(tmp_path: Path) -> None:
    again = header("./top/", type=tarfile.DIRTYPE, mode=0o700, mtime=3)
    unpack(archive_of(FOLDER, file("top/a"), again, file("top/b"), again, content=b"abc"), tmp_path / "target")
    assert describe_tree(tmp_path / "target")["."] == (0o700, 3, None)


def test_file_that_appears_twice_raises(tmp_path: Path) -> None:
    with pytest.raises(FileTransferError, match="contains 'top/a' twice"):
        unpack(archive_of(FOLDER, file("top/a"), file("top/a"), content=b"abc"), tmp_path / "target")


def test_link_at_the_top_reports_its_target(tmp_path: Path) -> None:
    with pytest.raises(RootLinkError) as caught:
        unpack(archive_of(symlink("top", "/etc/hosts")), tmp_path / "target")
    assert caught.value.target == "/etc/hosts"


def test_member_after_a_file_raises(tmp_path: Path) -> None:
    with pytest.raises(FileTransferError, match="contains 'top' after the file"):
        unpack(archive_of(file("top"), file("top"), content=b"abc"), tmp_path / "target")


@pytest.mark.parametrize("size", [0, 512, 1024, 5 * 512])
def test_incomplete_archive_raises_and_leaves_nothing(tmp_path: Path, size: int) -> None:
    archive = archive_of(FOLDER, header("top/a", size=3000), content=bytes(3000))
    with pytest.raises(FileTransferError, match="the tar archive is not complete"):
        unpack(archive[:size], tmp_path / "target")


def create_file(path: Path) -> None:
    path.write_bytes(b"old")


def create_folder(path: Path) -> None:
    path.mkdir()


def create_full_folder(path: Path) -> None:
    path.mkdir()
    (path / "old").write_bytes(b"old")


def create_link(path: Path) -> None:
    path.with_name("linked").mkdir()
    path.symlink_to("linked")


@pytest.mark.parametrize("create", [create_full_folder, create_file, create_link])
def test_folder_does_not_replace_a_target(tmp_path: Path, create: Callable[[Path], None]) -> None:
    create(tmp_path / "target")
    expected = describe_tree(tmp_path)
    with pytest.raises(TargetExistsError, match="exists and is not an empty folder"):
        unpack(archive_of(FOLDER), tmp_path / "target")
    assert describe_tree(tmp_path) == expected


def test_folder_replaces_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    unpack(archive_of(FOLDER, file("top/a"), content=b"abc"), tmp_path / "target")
    assert (tmp_path / "target/a").read_bytes() == b"abc"


def test_folder_that_fills_while_it_is_unpacked_is_not_replaced(tmp_path: Path) -> None:
    unpacker = Unpacker(tmp_path / "target", "top", needs_folder=False)
    unpacker.feed(archive_of(FOLDER))
    create_full_folder(tmp_path / "target")
    with pytest.raises(TargetExistsError):
        unpacker.finish()
    unpacker.discard()
    assert list(tmp_path.iterdir()) == [tmp_path / "target"]


def test_file_replaces_a_file_and_a_link(tmp_path: Path) -> None:
    create_file(tmp_path / "target")
    create_file(tmp_path / "linked")
    (tmp_path / "link").symlink_to("linked")
    for name in ("target", "link"):
        unpack(archive_of(file("top"), content=b"abc"), tmp_path / name)
        assert (tmp_path / name).read_bytes() == b"abc"
    assert (tmp_path / "linked").read_bytes() == b"old"


def test_file_does_not_replace_a_folder(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    with pytest.raises(TargetExistsError, match="is a folder; pass the name of the file"):
        unpack(archive_of(file("top"), content=b"abc"), tmp_path / "target")


def test_file_with_a_target_that_must_be_a_folder_raises(tmp_path: Path) -> None:
    with pytest.raises(FileTransferError, match="must be the name of the file"):
        unpack(archive_of(file("top"), content=b"abc"), tmp_path / "target", needs_folder=True)


def test_folders_without_permissions_are_removed_after_an_error(tmp_path: Path) -> None:
    locked = [header(name, type=tarfile.DIRTYPE, mode=0) for name in ("top/", "top/a/", "top/b/")]
    with pytest.raises(UnsafeMemberError):
        unpack(archive_of(*locked, file("top/c"), file("/a"), content=b"abc"), tmp_path / "target")


def test_deep_folders_are_removed_after_an_error(tmp_path: Path) -> None:
    deep = header("top/" + "a/" * 1200, type=tarfile.DIRTYPE, mode=0o755)
    with pytest.raises(UnsafeMemberError):
        unpack(archive_of(FOLDER, deep, file("/a"), content=b"abc"), tmp_path / "target")


def test_time_that_the_system_does_not_support_raises(tmp_path: Path) -> None:
    with pytest.raises(FileTransferError, match="the time of 'top' is not supported"):
        unpack(archive_of(header("top", mtime=2**70)), tmp_path / "target")


def test_random_archives_never_write_outside_of_the_folder(tmp_path: Path) -> None:
    source = random_source()
    (tmp_path / "inner").mkdir()
    names = ["a", "b", "a/a", "a/b", "b/a", ".", "..", "a/..", "../..", "../secret", "/absolute", LONG_NAME]
    types = [tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE]
    unpacked = 0
    for _ in range(500):
        members = [
            header(f"top/{source.choice(names)}", type=source.choice(types), linkname=source.choice(names), mode=0o755)
            for _ in range(source.randint(1, 6))
        ]
        target = tmp_path / "inner" / "target"
        try:
            unpack(archive_of(FOLDER, *members), target)
        except KubexError:
            continue
        for path in target.rglob("*"):
            assert Path(os.path.realpath(path)).is_relative_to(target)
        unpacked += 1
        shutil.rmtree(target)
    assert list(tmp_path.iterdir()) == [tmp_path / "inner"]
    assert unpacked > 20
