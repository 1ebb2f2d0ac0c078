"""The built-in `tar`: `tar cf - [-C DIR] NAME...` and `tar xf - [-C DIR]`, with the options m, o and p."""

import errno
import os
import posixpath
import tarfile
from contextlib import aclosing
from dataclasses import dataclass, field

from .archives import ArchiveError, ArchiveReader, ArchiveWriter, Member
from .files import ContainerFiles, Directory, File, Symlink
from .process import ContainerProcess

_FAILED = 2


@dataclass
class _Arguments:
    """The parsed command line."""

    mode: str = ""
    archive: str = "-"
    directory: str = "/"
    names: list[str] = field(default_factory=list[str])
    keeps_times: bool = True


async def run_tar(process: ContainerProcess) -> int:
    """Create or extract an archive."""
    arguments = _parse(process)
    if arguments is None or arguments.archive != "-" or not arguments.mode:
        return await process.fail("only `tar cf -` and `tar xf -` are available in the embedded server", _FAILED)
    if not process.files.is_directory(arguments.directory):
        return await process.fail(f"{arguments.directory}: Cannot open: No such file or directory", _FAILED)
    succeeded = await (_create(process, arguments) if arguments.mode == "c" else _extract(process, arguments))
    if succeeded:
        return 0
    return await process.fail("Exiting with failure status due to previous errors", _FAILED)


def _parse(process: ContainerProcess) -> _Arguments | None:
    """Parse the command line. Return None for an option that is not supported."""
    arguments = _Arguments(directory=process.working_dir)
    words = list(process.argv[1:])
    # The first word may lack the hyphen.
    if words and not words[0].startswith("-"):
        words[0] = f"-{words[0]}"
    while words:
        word = words.pop(0)
        if word == "--":
            arguments.names += words
            break
        if not word.startswith("-"):
            arguments.names.append(word)
        elif not all(_apply_option(arguments, letter, words) for letter in word[1:]):
            return None
    return arguments


def _apply_option(arguments: _Arguments, letter: str, words: list[str]) -> bool:
    """Apply one option, and take its value from the next word. Return whether it is supported."""
    if letter in "cx":
        arguments.mode = letter
    elif letter == "m":
        arguments.keeps_times = False
    elif letter == "f" and words:
        arguments.archive = words.pop(0)
    elif letter == "C" and words:
        arguments.directory = posixpath.join(arguments.directory, words.pop(0))
    else:
        # The user is root: modes are always kept (p), and owners do not exist (o).
        return letter in "op"
    return True


async def _create(process: ContainerProcess, arguments: _Arguments) -> bool:
    if not arguments.names:
        await process.fail("Cowardly refusing to create an empty archive")
        return False
    writer = ArchiveWriter(process.stdout)
    results = [await _add(process, writer, arguments.directory, name) for name in arguments.names]
    await writer.close()
    return all(results)


async def _add(process: ContainerProcess, writer: ArchiveWriter, directory: str, name: str) -> bool:
    """Write one file or folder with its content."""
    try:
        nodes = list(process.files.walk(posixpath.join(directory, name)))
    except OSError as error:
        await process.fail(f"{name}: Cannot stat: {error.strerror}")
        return False
    for path, node in nodes:
        full = posixpath.join(name, path) if path else name
        await writer.add(full.lstrip("/") or ".", node)
    return True


async def _extract(process: ContainerProcess, arguments: _Arguments) -> bool:
    reader, succeeded = ArchiveReader(process.stdin), True
    modified: dict[str, float] = {}
    try:
        async with aclosing(reader.members()) as members:
            async for member in members:
                path = posixpath.join(arguments.directory, member.name.lstrip("/"))
                problem = await _extract_member(process.files, reader, member, path, arguments.directory)
                if problem:
                    await process.fail(problem)
                    succeeded = False
                elif arguments.keeps_times:
                    modified[path] = member.modified
    except ArchiveError as error:
        await process.fail(str(error))
        return False
    # Set the times at the end, because each new file changes the time of its folder.
    for path, moment in modified.items():
        process.files.node(path, follow=False).modified = moment
    return succeeded


async def _extract_member(
    files: ContainerFiles, reader: ArchiveReader, member: Member, path: str, directory: str
) -> str:
    """Create a member, and return the problem or an empty string."""
    if ".." in member.name.split("/"):
        return f"{member.name}: Member name contains '..'"
    try:
        file = _create_node(files, member, path, directory)
    except OSError as error:
        return f"{member.name}: Cannot open: {error.strerror}"
    if file is not None:
        async for chunk in reader.content():
            file.append(chunk)
    return ""


def _create_node(files: ContainerFiles, member: Member, path: str, directory: str) -> File | None:
    """Create the node of a member, and return it if content follows. Raises OSError."""
    files.make_directory(posixpath.dirname(path.rstrip("/")) or "/", parents=True)
    if member.type in tarfile.REGULAR_TYPES:
        file = File(member.mode)
        files.put(path, file)
        return file
    if member.type == tarfile.DIRTYPE:
        files.put(path, Directory(member.mode))
    elif member.type == tarfile.SYMTYPE:
        files.put(path, Symlink(member.link))
    elif member.type == tarfile.LNKTYPE:
        files.put(path, files.file(posixpath.join(directory, member.link.lstrip("/"))))
    else:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM), path)
    return None
