"""Open files of a container as the input or output of a command."""

from .files import Device
from .pipes import FileInput, ProcessInput, ProcessOutput
from .process import ContainerProcess


def open_input(process: ContainerProcess, path: str) -> ProcessInput:
    """Open a file, or return the input of the command for `-`. Raises OSError."""
    if path in ("-", "/dev/stdin"):
        return process.stdin
    absolute = process.absolute(path)
    node = process.files.node(absolute)
    if isinstance(node, Device):
        zeros = node.kind == "zero"
        return ProcessInput(FileInput(lambda _, limit: bytes(limit) if zeros else b""))
    return ProcessInput(FileInput(process.files.file(absolute).content.read))


def open_output(process: ContainerProcess, path: str, *, append: bool = False) -> ProcessOutput:
    """Open a file for writing, and truncate it unless `append` is set. Raises OSError."""
    absolute = process.absolute(path)
    if process.files.exists(absolute) and isinstance(process.files.node(absolute), Device):
        return ProcessOutput(None)
    file = process.files.create(absolute, append=append)

    async def write(data: bytes) -> None:
        file.append(data)

    return ProcessOutput(write)
