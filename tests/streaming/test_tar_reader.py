"""Parse tar archives of all formats, in parts of any size, and reject damaged ones."""

import io
import subprocess
import tarfile
import tracemalloc
from pathlib import Path

import pytest

from kubex.errors import FileTransferError, KubexError
from kubex.streaming._tar_reader import Member, TarReader, parse_pax_records
from streaming.tar_archives import FORMATS, LONG_NAME, archive_of, header, random_source

# In bytes.
HOLE = 2**20


class Recorder:
    """Keeps the members and the content of their files."""

    def __init__(self) -> None:
        self.members: list[Member] = []
        self.contents: list[bytearray] = []
        self.ends = 0

    def start(self, member: Member) -> None:
        assert self.ends == len(self.members)
        self.members.append(member)
        self.contents.append(bytearray(member.size if member.is_file else 0))

    def write(self, data: memoryview, offset: int) -> None:
        self.contents[-1][offset : offset + len(data)] = data

    def end(self) -> None:
        self.ends += 1

    def files(self) -> dict[str, bytes]:
        pairs = zip(self.members, self.contents, strict=True)
        return {member.name: bytes(content) for member, content in pairs if member.is_file}


def parse(archive: bytes, size: int = 2**20) -> Recorder:
    """Parse an archive in parts of a size. It must be complete."""
    recorder = Recorder()
    reader = TarReader(recorder)
    for start in range(0, len(archive), size):
        reader.feed(archive[start : start + size])
    assert reader.is_complete
    assert recorder.ends == len(recorder.members)
    return recorder


@pytest.mark.parametrize("format", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("size", [1, 7, 511, 512, 513, 10240])
def test_archive_can_arrive_in_parts_of_any_size(format: int, size: int) -> None:
    content = random_source().randbytes(1500)
    recorder = parse(archive_of(header("a/b", size=1500), header("empty"), content=content, tar_format=format), size)
    assert recorder.files() == {"a/b": content, "empty": b""}


@pytest.mark.parametrize("format", ["gnu", "pax"])
def test_long_and_non_ascii_names_are_read(format: str) -> None:
    link = header(f"{LONG_NAME}/link", type=tarfile.SYMTYPE, linkname=f"{LONG_NAME}/é")
    recorder = parse(archive_of(header(f"{LONG_NAME}/é", size=3), link, content=b"abc", tar_format=FORMATS[format]))
    assert recorder.files() == {f"{LONG_NAME}/é": b"abc"}
    assert recorder.members[1].link == f"{LONG_NAME}/é"


@pytest.mark.parametrize("format", ["gnu", "pax"])
def test_names_that_are_not_utf8_are_read(format: str) -> None:
    recorder = parse(archive_of(header("a\udcff\udcfe"), tar_format=FORMATS[format]))
    assert recorder.members[0].name == "a\udcff\udcfe"


def test_pax_time_has_nanoseconds() -> None:
    times = {"first": "1600000000.123456789", "second": "-1.5", "third": "7"}
    infos = [header(name, pax_headers={"mtime": time}) for name, time in times.items()]
    recorder = parse(archive_of(*infos, tar_format=tarfile.PAX_FORMAT))
    assert [member.modified for member in recorder.members] == [1600000000123456789, -1500000000, 7000000000]


def test_size_of_a_pax_header_is_the_size_of_the_file() -> None:
    big = header("big", size=5, pax_headers={"size": "3"})
    archive = big.tobuf(tarfile.PAX_FORMAT) + b"abc".ljust(512, b"\0") + bytes(1024)
    assert parse(archive).files() == {"big": b"abc"}


def test_global_pax_header_applies_to_all_members() -> None:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT, pax_headers={"mtime": "5"}) as archive:
        archive.addfile(header("a", mtime=1))
        archive.addfile(header("b", mtime=1))
    assert [member.modified for member in parse(target.getvalue()).members] == [5 * 10**9, 5 * 10**9]


def test_old_archives_have_folders_that_end_with_a_slash() -> None:
    folder = header("folder/", type=tarfile.AREGTYPE)
    assert parse(archive_of(folder)).members[0].type == tarfile.DIRTYPE


def gnu_tar(folder: Path, *arguments: str) -> bytes:
    """Return the archive of a folder that the tar of this machine writes."""
    return subprocess.run(
        ["tar", "-cf", "-", *arguments, "-C", str(folder), "."], capture_output=True, check=True
    ).stdout


@pytest.mark.parametrize("format", ["v7", "ustar", "oldgnu", "gnu", "pax"])
def test_archives_of_the_tar_of_this_machine_are_read(tmp_path: Path, format: str) -> None:
    content = random_source().randbytes(100_000)
    name = "f" * 60 if format == "v7" else "f" * 99
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / name).write_bytes(content)
    recorder = parse(gnu_tar(tmp_path, f"--format={format}"), 1000)
    assert recorder.files() == {f"./folder/{name}": content}


def write_sparse(path: Path, segments: int) -> bytes:
    """Write a file with holes and return its content."""
    with path.open("wb") as file:
        for number in range(segments):
            file.seek(number * HOLE // 4)
            file.write(random_source(number).randbytes(5000))
        file.truncate(segments * HOLE // 4 + HOLE)
    return path.read_bytes()


@pytest.mark.parametrize(
    "options",
    [
        ("--format=gnu",),
        *(("--format=pax", f"--sparse-version={version}") for version in ("0.0", "0.1", "1.0")),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("segments", [0, 1, 3, 60])
def test_sparse_files_are_read(tmp_path: Path, options: tuple[str, ...], segments: int) -> None:
    content = write_sparse(tmp_path / "sparse", segments)
    (tmp_path / "plain").write_bytes(b"plain")
    archive = gnu_tar(tmp_path, "--sparse", "--hole-detection=raw", *options)
    assert len(archive) < HOLE
    files = parse(archive, 700).files()
    assert files == {"./sparse": content, "./plain": b"plain"}


def test_incomplete_archive_is_not_complete() -> None:
    reader = TarReader(Recorder())
    reader.feed(archive_of(header("a", size=3), content=b"abc")[:1024])
    assert not reader.is_complete


def damaged(name: str) -> bytes:
    """Return an archive that is damaged."""
    valid = bytearray(archive_of(header("a", size=3), content=b"abc"))
    pax = header("a", pax_headers={"comment": "x" * 40}).tobuf(tarfile.PAX_FORMAT)
    match name:
        case "checksum":
            valid[0] = ord("b")
        case "folder with content":
            return header("a", type=tarfile.DIRTYPE, size=3).tobuf() + bytes(1024)
        case "negative size":
            return header("a", size=-3).tobuf(tarfile.GNU_FORMAT)
        case "huge header":
            return header("x", type=tarfile.XHDTYPE, size=2**30).tobuf()
        case "empty header":
            return header("x", type=tarfile.GNUTYPE_LONGNAME).tobuf()
        case "record":
            return pax.replace(b"comment=", b"comment ")
        case "record length":
            return pax.replace(b"52 comment", b"99 comment")
        case "size":
            return header("a", pax_headers={"size": "-5"}).tobuf(tarfile.PAX_FORMAT)
        case "time":
            return header("a", pax_headers={"mtime": "1e9"}).tobuf(tarfile.PAX_FORMAT)
        case _:
            headers = {"GNU.sparse.map": name, "GNU.sparse.size": "10"}
            return header("a", size=5, pax_headers=headers).tobuf(tarfile.PAX_FORMAT)
    return bytes(valid)


@pytest.mark.parametrize(
    "name",
    [
        "checksum", "folder with content", "negative size", "huge header", "empty header", "record", "record length",
        "size", "time", "0,5,3,5", "0", "0,x", "0,3", "9,5", "-1,5",
    ],
)  # fmt: skip
def test_damaged_archive_raises(name: str) -> None:
    with pytest.raises(FileTransferError, match="the tar archive is damaged"):
        TarReader(Recorder()).feed(damaged(name))


def test_map_of_a_sparse_file_must_end() -> None:
    headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "10"}
    big = header("a", size=2**21, pax_headers=headers).tobuf(tarfile.PAX_FORMAT)
    with pytest.raises(FileTransferError, match="does not end"):
        TarReader(Recorder()).feed(big + b"9" * 2**21)


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE])
def test_unknown_pax_records_do_not_fill_the_memory(kind: bytes) -> None:
    reader = TarReader(Recorder())
    tracemalloc.start()
    try:
        for number in range(20):
            record = b"1000017 k%04d=%s\n" % (number, b"v" * 1_000_002)
            reader.feed(header("x", type=kind, size=len(record)).tobuf() + record + bytes(-len(record) % 512))
        current, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert current < 4_000_000


def test_pax_records_can_contain_newlines_and_equal_signs() -> None:
    assert parse_pax_records(b"13 a=b=\nc==d\n6 x=y\n") == {"a": "b=\nc==d", "x": "y"}


def test_changed_archives_raise_only_typed_errors() -> None:
    numbers = random_source()
    infos = [
        header(LONG_NAME, size=700),
        header("link", type=tarfile.SYMTYPE, linkname=LONG_NAME),
        header("folder", type=b"5"),
    ]
    for archive_format in ("gnu", "pax"):
        valid = archive_of(*infos, content=bytes(700), tar_format=FORMATS[archive_format])
        for _ in range(1500):
            changed = bytearray(valid)
            for _ in range(numbers.randint(1, 4)):
                changed[numbers.randrange(len(valid))] = numbers.randrange(256)
            try:
                TarReader(Recorder()).feed(bytes(changed))
            except KubexError:
                continue
