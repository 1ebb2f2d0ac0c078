"""Write archives that the tar of this machine, Python, and our own code read."""

import io
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from kubex.errors import FileTransferError
from kubex.streaming._tar_writer import BATCH, TarWriter, content_size
from kubex.streaming._unpack import Unpacker
from streaming.tar_archives import LONG_NAME, create_random_tree, describe_tree, random_source


def archive_of(source: Path | bytes, name: str = "name") -> bytes:
    """Return the archive of a file, folder or content. Only the last batch may be small."""
    writer = TarWriter(source, folder="temporary", name=name)
    batches = list(iter(writer.read, b""))
    assert all(BATCH <= len(batch) < 2 * BATCH for batch in batches[:-1])
    assert writer.read() == b""
    return b"".join(batches)


@pytest.mark.parametrize("seed", range(6))
def test_random_tree_is_unpacked_by_the_tar_of_this_machine(tmp_path: Path, seed: int) -> None:
    create_random_tree(tmp_path / "source", seed)
    command = ["tar", "-xpof", "-", "-C", str(tmp_path)]
    completed = subprocess.run(command, input=archive_of(tmp_path / "source"), capture_output=True, check=False)
    assert (completed.returncode, completed.stderr) == (0, b"")
    assert describe_tree(tmp_path / "temporary/name") == describe_tree(tmp_path / "source")


@pytest.mark.parametrize("seed", range(6))
def test_random_tree_is_unpacked_by_kubex(tmp_path: Path, seed: int) -> None:
    create_random_tree(tmp_path / "source", seed)
    unpacker = Unpacker(tmp_path / "target", "temporary", needs_folder=False)
    unpacker.feed(archive_of(tmp_path / "source"))
    unpacker.finish()
    assert describe_tree(tmp_path / "target/name") == describe_tree(tmp_path / "source")


@pytest.mark.parametrize("size", [0, 1, 512, BATCH - 1024, BATCH, 3 * BATCH + 7])
def test_content_of_any_size_is_unchanged(tmp_path: Path, size: int) -> None:
    content = random_source().randbytes(size)
    (tmp_path / "file").write_bytes(content)
    for source in (content, tmp_path / "file"):
        with tarfile.open(fileobj=io.BytesIO(archive_of(source))) as archive:
            extracted = archive.extractfile("temporary/name")
            assert extracted is not None
            assert extracted.read() == content
            assert archive.getnames() == ["temporary", "temporary/name"]


def test_temporary_folder_belongs_to_its_owner_only() -> None:
    with tarfile.open(fileobj=io.BytesIO(archive_of(b""))) as archive:
        assert [member.mode for member in archive] == [0o700, 0o644]


def test_long_names_do_not_need_pax_headers(tmp_path: Path) -> None:
    (tmp_path / LONG_NAME).mkdir(parents=True)
    (tmp_path / LONG_NAME / "link").symlink_to(LONG_NAME)
    with tarfile.open(fileobj=io.BytesIO(archive_of(tmp_path))) as archive:
        last = archive.getmember(f"temporary/name/{LONG_NAME}/link")
        assert last.linkname == LONG_NAME
        assert archive.pax_headers == {}
        assert all(not member.pax_headers for member in archive)


def test_setuid_bits_and_owners_are_not_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "file").chmod(0o4755)
    with tarfile.open(fileobj=io.BytesIO(archive_of(tmp_path / "file"))) as archive:
        member = archive.getmember("temporary/name")
        assert (member.mode, member.uid, member.gid, member.uname, member.gname) == (0o755, 0, 0, "", "")


def test_link_at_the_top_is_followed(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a").write_bytes(b"abc")
    (tmp_path / "link").symlink_to("folder")
    with tarfile.open(fileobj=io.BytesIO(archive_of(tmp_path / "link"))) as archive:
        assert "temporary/name/a" in archive.getnames()


def test_fifo_raises_and_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(FileTransferError, match=r"fifo' is not a file, a folder or a symbolic link"):
        archive_of(tmp_path)


def test_file_that_becomes_shorter_raises(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(3 * BATCH))
    writer = TarWriter(path, folder="temporary", name="name")
    writer.read()
    os.truncate(path, 5)
    with pytest.raises(FileTransferError, match="became shorter while it was read"):
        writer.read()


def test_file_that_grows_has_the_size_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(3 * BATCH))
    writer = TarWriter(path, folder="temporary", name="name")
    first = writer.read()
    os.truncate(path, 9 * BATCH)
    with tarfile.open(fileobj=io.BytesIO(bytes(first) + b"".join(iter(writer.read, b"")))) as archive:
        assert archive.getmember("temporary/name").size == 3 * BATCH
        assert len(archive.getnames()) == 2


def test_done_counts_the_content_that_was_read(tmp_path: Path) -> None:
    create_random_tree(tmp_path / "source", 1)
    writer = TarWriter(tmp_path / "source", folder="temporary", name="name")
    assert b"".join(iter(writer.read, b""))
    assert writer.done == content_size(tmp_path / "source") > 0
