"""Tar archives, and trees of files, for tests of the tar code."""

import io
import os
import random
import stat
import tarfile
from pathlib import Path

LONG_NAME = "/".join(["a-long-name-of-a-folder-in-a-path"] * 12)
FORMATS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}


def random_source(seed: int = 1) -> random.Random:
    """Return a source of reproducible numbers."""
    return random.Random(seed)  # noqa: S311 - a seed makes the tests reproducible


def header(name: str, **fields: object) -> tarfile.TarInfo:
    """Return the header of a member."""
    info = tarfile.TarInfo(name)
    for key, value in fields.items():
        setattr(info, key, value)
    return info


def archive_of(*headers: tarfile.TarInfo, content: bytes = b"", tar_format: int = tarfile.GNU_FORMAT) -> bytes:
    """Return an archive with these members. Each file contains the first bytes of the content."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tar_format) as archive:
        for each in headers:
            archive.addfile(each, io.BytesIO(content))
    return target.getvalue()


def create_random_tree(folder: Path, seed: int) -> None:
    """Create folders, files and links with random names, permissions and times."""
    source = random_source(seed)
    folders = [folder]
    folder.mkdir()
    for number in range(60):
        path = source.choice(folders) / random_name(source, number)
        match source.randrange(6):
            case 0 | 1:
                path.mkdir()
                folders.append(path)
            case 2:
                path.symlink_to(source.choice(["..", "missing", "a/b/c"]) if path.parent != folder else "missing")
            case _:
                path.write_bytes(source.randbytes(source.choice([0, 1, 511, 512, 513, 5000, 300_000])))
                path.chmod(source.choice([0o644, 0o755, 0o600, 0o400, 0o777]))
                os.utime(path, (0, source.randrange(1_600_000_000)))
    for path in reversed(folders):
        path.chmod(source.choice([0o755, 0o700, 0o777, 0o555]))
        os.utime(path, (0, source.randrange(1_600_000_000)))


def random_name(source: random.Random, number: int) -> str:
    """Return a new name, which can contain any character and can be long."""
    texts = ["plain", "-rf", "two words", "new\nline", "$HOME;`id`'\"", "ünïcödé", "\udcff\udc80", "\\", "n" * 200, "*"]
    return f"{source.choice(texts)}{number}"


def describe_tree(folder: Path) -> dict[str, tuple[object, ...]]:
    """Return the type, permissions, time and content of each file, folder and link, by its path."""
    described: dict[str, tuple[object, ...]] = {}
    for path in [folder, *folder.rglob("*")]:
        found = path.lstat()
        if path.is_symlink():
            described[str(path.relative_to(folder))] = ("link", os.fspath(path.readlink()))
        else:
            content = path.read_bytes() if path.is_file() else None
            described[str(path.relative_to(folder))] = (stat.S_IMODE(found.st_mode), int(found.st_mtime), content)
    return described
