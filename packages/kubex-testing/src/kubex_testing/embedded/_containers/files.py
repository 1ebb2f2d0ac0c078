"""The files of one container: folders, files, symbolic links and two devices, without a real file system."""

import errno
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from .file_content import FileContent

_MAX_LINKS = 40


Node: TypeAlias = "Directory | File | Symlink | Device"


@dataclass
class Directory:
    """A folder."""

    mode: int = 0o755
    modified: float = field(default_factory=time.time)
    entries: dict[str, Node] = field(default_factory=dict[str, Node])


@dataclass
class File:
    """A regular file."""

    mode: int = 0o644
    modified: float = field(default_factory=time.time)
    content: FileContent = field(default_factory=FileContent)

    def append(self, data: bytes) -> None:
        """Add data at the end."""
        self.content.append(data)
        self.modified = time.time()


@dataclass
class Symlink:
    """A symbolic link."""

    target: str
    mode: int = 0o777
    modified: float = field(default_factory=time.time)


@dataclass
class Device:
    """A device that discards data. Reading returns nothing, or zeros without an end."""

    kind: Literal["null", "zero"]
    mode: int = 0o666
    modified: float = field(default_factory=time.time)


@dataclass(frozen=True)
class _Place:
    """Where a path leads: the folder, the name in it, and the node if it exists. The root has an empty name."""

    parent: Directory
    name: str
    node: "Node | None"


class ContainerFiles:
    """The files of a container. All paths are absolute. The methods raise OSError like those of `os`.

    A new container has the usual folders, such as `/etc`, `/tmp` and `/var`, which are empty, and `/dev`.
    """

    def __init__(self) -> None:
        devices: dict[str, Node] = {"null": Device("null"), "zero": Device("zero")}
        modes = {"etc": 0o755, "home": 0o755, "root": 0o700, "srv": 0o755, "tmp": 0o1777, "var": 0o755}
        folders: dict[str, Node] = {name: Directory(mode) for name, mode in modes.items()}
        self._root = Directory(entries={"dev": Directory(entries=devices), **folders})

    def read_bytes(self, path: str) -> bytes:
        """Return the content of a file."""
        content = self.file(path).content
        return content.read(0, content.size)

    def write_bytes(self, path: str, data: bytes, mode: int = 0o644) -> None:
        """Create or replace a file, and create its folders."""
        self.make_directory(path.rpartition("/")[0] or "/", parents=True)
        file = self.create(path)
        file.mode = mode
        file.append(data)

    def exists(self, path: str, *, follow: bool = True) -> bool:
        """Return whether a path exists. With `follow=False`, a symbolic link without a target exists too."""
        try:
            return self._find(path, follow=follow).node is not None
        except OSError:
            return False

    def is_directory(self, path: str) -> bool:
        """Return whether a path is a folder."""
        return self.exists(path) and isinstance(self.node(path), Directory)

    def list_names(self, path: str) -> list[str]:
        """Return the sorted names in a folder."""
        node = self.node(path)
        if not isinstance(node, Directory):
            raise _error(errno.ENOTDIR, path)
        return sorted(node.entries)

    def node(self, path: str, *, follow: bool = True) -> Node:
        """Return the node at a path. With `follow=False`, this can be a symbolic link."""
        found = self._find(path, follow=follow).node
        if found is None:
            raise _error(errno.ENOENT, path)
        return found

    def file(self, path: str) -> File:
        """Return a regular file."""
        node = self.node(path)
        if isinstance(node, File):
            return node
        raise _error(errno.EISDIR if isinstance(node, Directory) else errno.EINVAL, path)

    def create(self, path: str, *, append: bool = False) -> File:
        """Create a file, or truncate it unless `append` is set. Its folder must exist."""
        place = self._find(path, follow=True)
        if isinstance(place.node, File):
            if not append:
                # Readers of the old content continue.
                place.node.content = FileContent()
                place.node.modified = time.time()
            return place.node
        if place.node is not None or not place.name:
            raise _error(errno.EISDIR if isinstance(place.node, Directory) else errno.EINVAL, path)
        file = File()
        self._put(place, file)
        return file

    def put(self, path: str, node: Node) -> None:
        """Put a node at a path. A folder keeps its entries, and other nodes are replaced."""
        place = self._find(path, follow=False)
        if isinstance(place.node, Directory):
            if not isinstance(node, Directory):
                raise _error(errno.EISDIR, path)
            place.node.mode, place.node.modified = node.mode, node.modified
            return
        self._put(place, node)

    def make_directory(self, path: str, *, parents: bool = False) -> None:
        """Create a folder. With `parents`, it may exist, and missing parents are created."""
        if parents:
            names = [name for name in path.split("/") if name]
            for count in range(1, len(names)):
                self._ensure_directory("/" + "/".join(names[:count]))
            self._ensure_directory(path)
            return
        place = self._find(path, follow=True)
        if place.node is not None:
            raise _error(errno.EEXIST, path)
        self._put(place, Directory())

    def remove(self, path: str, *, recursive: bool = False) -> None:
        """Remove a file or a link, or with `recursive` a folder with its content."""
        place = self._find(path, follow=False)
        if place.node is None:
            raise _error(errno.ENOENT, path)
        if not place.name:
            raise _error(errno.EBUSY, path)
        if isinstance(place.node, Directory) and not recursive:
            raise _error(errno.EISDIR, path)
        del place.parent.entries[place.name]

    def rename(self, source: str, target: str) -> None:
        """Rename a node, and replace the target. A folder replaces only an empty folder."""
        old, new = self._find(source, follow=False), self._find(target, follow=False)
        if old.node is None:
            raise _error(errno.ENOENT, source)
        if not old.name or not new.name or self._contains(old.node, new.parent):
            raise _error(errno.EINVAL, target)
        if isinstance(new.node, Directory) and not isinstance(old.node, Directory):
            raise _error(errno.EISDIR, target)
        if isinstance(old.node, Directory) and new.node is not None and not isinstance(new.node, Directory):
            raise _error(errno.ENOTDIR, target)
        if isinstance(new.node, Directory) and new.node.entries and new.node is not old.node:
            raise _error(errno.ENOTEMPTY, target)
        del old.parent.entries[old.name]
        new.parent.entries[new.name] = old.node

    def walk(self, path: str) -> Iterator[tuple[str, Node]]:
        """Yield a node and all nodes below it, with their paths relative to it. Links are not followed."""
        return _walk("", self.node(path, follow=False))

    def _ensure_directory(self, path: str) -> None:
        place = self._find(path, follow=True)
        if place.node is None:
            self._put(place, Directory())
        elif not isinstance(place.node, Directory):
            raise _error(errno.EEXIST, path)

    def _put(self, place: _Place, node: Node) -> None:
        place.parent.entries[place.name] = node
        place.parent.modified = time.time()

    def _contains(self, node: Node, directory: Directory) -> bool:
        return any(item is directory for _, item in _walk("", node))

    def _find(self, path: str, *, follow: bool) -> _Place:
        """Resolve a path. Only the last name may be missing."""
        folders, names = [self._root], _names(path)
        links = 0
        while names:
            name = names.pop(0)
            if name == "..":
                folders = folders[:-1] or [self._root]
                continue
            node = folders[-1].entries.get(name)
            if isinstance(node, Symlink) and (names or follow):
                links += 1
                if links > _MAX_LINKS:
                    raise _error(errno.ELOOP, path)
                folders = [self._root] if node.target.startswith("/") else folders
                names = _names(node.target) + names
            elif not names:
                return _Place(folders[-1], name, node)
            elif isinstance(node, Directory):
                folders.append(node)
            else:
                raise _error(errno.ENOENT if node is None else errno.ENOTDIR, path)
        # The path ends with `..`, or is the root.
        return _Place(folders[-1], "", folders[-1])


def _names(path: str) -> list[str]:
    return [name for name in path.split("/") if name not in ("", ".")]


def _walk(path: str, node: Node) -> Iterator[tuple[str, Node]]:
    yield path, node
    if isinstance(node, Directory):
        for name, child in sorted(node.entries.items()):
            yield from _walk(f"{path}/{name}" if path else name, child)


def _error(number: int, path: str) -> OSError:
    # OSError creates an instance of its subclass for the number, such as FileNotFoundError.
    return OSError(number, os.strerror(number), path)
