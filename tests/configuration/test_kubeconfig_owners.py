"""Kubeconfigs that are not this user's alone: of another owner, or mounted by themselves, or where nobody may write."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kubex.configuration._merge import read_and_merge
from kubex.configuration._writer import Document, update_file
from kubex.errors import ConfigurationError

OWNER, OTHER, GROUP = 61001, 61002, 62000
CONTENT = "current-context: here\nusers: [{name: " + "long" * 1000 + "}]\n"

by_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can act as several users"
)


@pytest.fixture
def shared() -> Iterator[Path]:
    """Make a folder that every user may enter, also those that may not enter the folder of the tests."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextmanager
def acting_as(user: int, group: int) -> Iterator[None]:
    """Lay down the rights of root for a while."""
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(group)
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


def file_of(owner: int, group: int, mode: int, path: Path) -> Path:
    """Write a kubeconfig that is somebody's."""
    path.write_text(CONTENT)
    os.chown(path, owner, group)
    path.chmod(mode)
    return path


def rights(path: Path) -> tuple[int, int, str]:
    status = path.stat()
    return status.st_uid, status.st_gid, oct(status.st_mode & 0o7777)


def empty(document: Document) -> None:
    """Make the file shorter."""
    document.update({"current-context": "there", "users": []})


@by_root
@pytest.mark.covers("kubeconfig-owner-and-mode")
@pytest.mark.parametrize("sticky", [False, True])
def test_a_file_of_another_owner_is_written_and_stays_its_own(shared: Path, sticky: bool) -> None:
    os.chown(shared, OWNER, GROUP)
    shared.chmod(0o1770 if sticky else 0o770)
    path = file_of(OWNER, GROUP, 0o660, shared / "config")
    with acting_as(OTHER, GROUP):
        update_file(path, empty)
    assert rights(path) == (OWNER, GROUP, "0o660")
    assert [each.name for each in shared.iterdir()] == ["config"]
    with acting_as(OWNER, GROUP):
        content = read_and_merge([path])
    assert (content.current_context, content.users) == ("there", {})


@by_root
def test_root_leaves_a_file_to_its_owner(shared: Path) -> None:
    path = file_of(OWNER, GROUP, 0o640, shared / "config")
    update_file(path, empty)
    assert rights(path) == (OWNER, GROUP, "0o640")


@by_root
def test_a_file_that_may_only_be_read_is_an_error(shared: Path) -> None:
    shared.chmod(0o777)
    path = file_of(OWNER, GROUP, 0o644, shared / "config")
    with acting_as(OTHER, OTHER), pytest.raises(ConfigurationError, match=f"{path}: cannot be written: Permission"):
        update_file(path, empty)
    assert path.read_text() == CONTENT
    assert [each.name for each in shared.iterdir()] == ["config"]


@by_root
def test_a_folder_without_room_for_the_lock_is_an_error_that_names_it(shared: Path) -> None:
    path = file_of(OTHER, GROUP, 0o600, shared / "config")
    problem = r"config\.lock: cannot be made: Permission denied; a kubeconfig is written while"
    with acting_as(OTHER, GROUP), pytest.raises(ConfigurationError, match=problem):
        update_file(path, empty)
    assert path.read_text() == CONTENT


MOUNTED = """
import subprocess, sys
from pathlib import Path
from kubex.configuration._writer import update_file
source, target = sys.argv[1:]
subprocess.run(["mount", "--bind", source, target], check=True)
update_file(Path(target), lambda document: document.update({"current-context": "there", "users": []}))
"""


def test_a_file_that_is_mounted_by_itself_is_written(tmp_path: Path) -> None:
    apart = ["unshare", "--map-root-user", "--mount"]
    try:
        subprocess.run([*apart, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this user can mount nothing")
    source, target = tmp_path / "source", tmp_path / "config"
    source.write_text(CONTENT)
    target.touch()
    subprocess.run([*apart, sys.executable, "-c", MOUNTED, str(source), str(target)], check=True)
    content = read_and_merge([source])
    assert (content.current_context, content.users) == ("there", {})
    assert target.read_bytes() == b"", "it was mounted over"
