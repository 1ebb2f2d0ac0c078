"""The built-in commands that change files: mv, rm, mkdir, chmod, ln, ls, stat and touch."""

import posixpath
import time
from collections.abc import Awaitable, Callable

from .files import ContainerFiles, Directory, File, Symlink
from .process import ContainerProcess
from .tar_command import run_tar


async def _mv(process: ContainerProcess) -> int:
    parsed = _split_options(process.argv[1:], "fT")
    if parsed is None or len(parsed[1]) != 2:
        return await process.fail("only `mv [-f] [-T] SOURCE TARGET` is available in the embedded server")
    options, (source, target) = parsed
    target_path = process.absolute(target)
    if "T" not in options and process.files.is_directory(target_path):
        target_path = posixpath.join(target_path, posixpath.basename(source.rstrip("/")))
    try:
        process.files.rename(process.absolute(source), target_path)
    except FileNotFoundError as error:
        return await process.fail(f"cannot stat '{source}': {error.strerror}")
    except OSError as error:
        return await process.fail(f"cannot move '{source}' to '{target}': {error.strerror}")
    return 0


async def _rm(process: ContainerProcess) -> int:
    parsed = _split_options(process.argv[1:], "rRf")
    if parsed is None:
        return await process.fail("only `rm [-r] [-f] PATH...` is available in the embedded server")
    options, paths = parsed
    if "f" in options:
        paths = [path for path in paths if process.files.exists(process.absolute(path), follow=False)]
    recursive = bool(options & {"r", "R"})
    return await _for_each(
        process, paths, "cannot remove", lambda path: process.files.remove(path, recursive=recursive)
    )


async def _mkdir(process: ContainerProcess) -> int:
    parsed = _split_options(process.argv[1:], "p")
    if parsed is None:
        return await process.fail("only `mkdir [-p] PATH...` is available in the embedded server")
    options, paths = parsed
    parents = "p" in options
    return await _for_each(
        process, paths, "cannot create directory", lambda path: process.files.make_directory(path, parents=parents)
    )


async def _chmod(process: ContainerProcess) -> int:
    match process.argv[1:]:
        case (mode, *paths) if mode and set(mode) <= set("01234567"):
            pass
        case _:
            return await process.fail("only `chmod OCTAL PATH...` is available in the embedded server")

    def change(path: str) -> None:
        process.files.node(path).mode = int(mode, 8)

    return await _for_each(process, paths, "cannot access", change)


async def _touch(process: ContainerProcess) -> int:
    match process.argv[1:]:
        case ("-d", moment, *paths) if moment.startswith("@") and moment[1:].isdecimal():
            modified = float(moment[1:])
        case paths:
            modified = time.time()

    def change(path: str) -> None:
        if not process.files.exists(path):
            process.files.create(path)
        process.files.node(path).modified = modified

    return await _for_each(process, list(paths), "cannot touch", change)


async def _ln(process: ContainerProcess) -> int:
    match process.argv[1:]:
        case ("-s", target, path):
            link = Symlink(target)
            return await _for_each(process, [path], "failed to create", lambda path: process.files.put(path, link))
        case _:
            return await process.fail("only `ln -s TARGET PATH` is available in the embedded server")


async def _ls(process: ContainerProcess) -> int:
    parsed = _split_options(process.argv[1:], "A1")
    if parsed is None or len(parsed[1]) > 1:
        return await process.fail("only `ls [-A] [PATH]` is available in the embedded server", 2)
    options, paths = parsed
    path = process.absolute("".join(paths))
    try:
        names = _names(process.files, path, shows_hidden="A" in options)
    except OSError as error:
        return await process.fail(f"cannot access '{paths[0]}': {error.strerror}", 2)
    await process.stdout.write("".join(f"{name}\n" for name in names).encode("utf-8", "surrogateescape"))
    return 0


def _names(files: ContainerFiles, path: str, *, shows_hidden: bool) -> list[str]:
    if not isinstance(files.node(path), Directory):
        return [path]
    return [name for name in files.list_names(path) if shows_hidden or not name.startswith(".")]


async def _stat(process: ContainerProcess) -> int:
    match process.argv[1:]:
        case ("-c", form, path):
            pass
        case _:
            return await process.fail("only `stat -c FORMAT PATH` is available in the embedded server")
    try:
        node = process.files.node(process.absolute(path), follow=False)
    except OSError as error:
        return await process.fail(f"cannot stat '{path}': {error.strerror}")
    size = node.content.size if isinstance(node, File) else 0
    values = {"%a": f"{node.mode:o}", "%n": path, "%s": str(size), "%Y": str(int(node.modified))}
    for key, value in values.items():
        form = form.replace(key, value)
    await process.stdout.write(f"{form}\n".encode("utf-8", "surrogateescape"))
    return 0


def _split_options(words: tuple[str, ...], allowed: str) -> tuple[set[str], list[str]] | None:
    """Split short options from operands. Return None for an option that is not allowed."""
    options: set[str] = set()
    operands: list[str] = []
    for index, word in enumerate(words):
        if word == "--":
            operands += words[index + 1 :]
            break
        if not word.startswith("-") or word == "-":
            operands.append(word)
        elif set(word[1:]) <= set(allowed):
            options |= set(word[1:])
        else:
            return None
    return options, operands


async def _for_each(process: ContainerProcess, paths: list[str], problem: str, change: Callable[[str], None]) -> int:
    """Change each path, and write an error message for those that fail."""
    messages = [f"{problem} '{path}': {error}" for path in paths if (error := _problem(change, process.absolute(path)))]
    for message in messages:
        await process.fail(message)
    return 1 if messages else 0


def _problem(change: Callable[[str], None], path: str) -> str:
    try:
        change(path)
    except OSError as error:
        return error.strerror or str(error)
    return ""


FILE_COMMANDS: dict[str, Callable[[ContainerProcess], Awaitable[int]]] = {
    "chmod": _chmod,
    "ln": _ln,
    "ls": _ls,
    "mkdir": _mkdir,
    "mv": _mv,
    "rm": _rm,
    "stat": _stat,
    "tar": run_tar,
    "touch": _touch,
}
