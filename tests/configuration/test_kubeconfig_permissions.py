"""Tests of writing kubeconfigs that belong to another user, are read-only, or are a mount point."""

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

requires_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="switching between users requires root"
)


@pytest.fixture
def shared() -> Iterator[Path]:
    """Create a folder that every user can enter, unlike `tmp_path`."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextmanager
def acting_as(user: int, group: int) -> Iterator[None]:
    """Run as another user inside the block."""
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


def create_file(owner: int, group: int, mode: int, path: Path) -> Path:
    """Write a kubeconfig with this owner, group and mode."""
    path.write_text(CONTENT)
    os.chown(path, owner, group)
    path.chmod(mode)
    return path


def owner_and_mode(path: Path) -> tuple[int, int, str]:
    status = path.stat()
    return status.st_uid, status.st_gid, oct(status.st_mode & 0o7777)


def remove_users(document: Document) -> None:
    """Update the document so that the file becomes shorter."""
    document.update({"current-context": "there", "users": []})


@requires_root
@pytest.mark.covers("kubeconfig-owner-and-mode")
@pytest.mark.parametrize("sticky", [False, True])
def test_file_of_another_owner_is_written_and_keeps_its_owner(shared: Path, sticky: bool) -> None:
    os.chown(shared, OWNER, GROUP)
    shared.chmod(0o1770 if sticky else 0o770)
    path = create_file(OWNER, GROUP, 0o660, shared / "config")
    with acting_as(OTHER, GROUP):
        update_file(path, remove_users)
    assert owner_and_mode(path) == (OWNER, GROUP, "0o660")
    assert [each.name for each in shared.iterdir()] == ["config"]
    with acting_as(OWNER, GROUP):
        content = read_and_merge([path])
    assert (content.current_context, content.users) == ("there", {})


@requires_root
def test_root_preserves_the_owner(shared: Path) -> None:
    path = create_file(OWNER, GROUP, 0o640, shared / "config")
    update_file(path, remove_users)
    assert owner_and_mode(path) == (OWNER, GROUP, "0o640")


@requires_root
def test_read_only_file_raises(shared: Path) -> None:
    shared.chmod(0o777)
    path = create_file(OWNER, GROUP, 0o644, shared / "config")
    with acting_as(OTHER, OTHER), pytest.raises(ConfigurationError, match=f"{path}: cannot be written: Permission"):
        update_file(path, remove_users)
    assert path.read_text() == CONTENT
    assert [each.name for each in shared.iterdir()] == ["config"]


@requires_root
def test_lock_that_cannot_be_created_raises_and_is_named(shared: Path) -> None:
    path = create_file(OTHER, GROUP, 0o600, shared / "config")
    problem = r"config\.lock: cannot be created: Permission denied; writing a kubeconfig requires"
    with acting_as(OTHER, GROUP), pytest.raises(ConfigurationError, match=problem):
        update_file(path, remove_users)
    assert path.read_text() == CONTENT


MOUNTED = """
import subprocess, sys
from pathlib import Path
from kubex.configuration._writer import update_file
source, target = sys.argv[1:]
subprocess.run(["mount", "--bind", source, target], check=True)
update_file(Path(target), lambda document: document.update({"current-context": "there", "users": []}))
"""


def test_file_that_is_a_mount_point_is_written(tmp_path: Path) -> None:
    namespace = ["unshare", "--map-root-user", "--mount"]
    try:
        subprocess.run([*namespace, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this user cannot mount")
    source, target = tmp_path / "source", tmp_path / "config"
    source.write_text(CONTENT)
    target.touch()
    subprocess.run([*namespace, sys.executable, "-c", MOUNTED, str(source), str(target)], check=True)
    content = read_and_merge([source])
    assert (content.current_context, content.users) == ("there", {})
    assert target.read_bytes() == b"", "the file below the mount point is unchanged"
