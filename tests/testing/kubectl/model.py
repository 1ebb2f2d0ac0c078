"""The data of the matrix: groups of kubectl commands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kubex_testing.embedded import EmbeddedServer

Compare = Literal["output", "lines", "exit", "none"]
"""What must be equal: the output, its lines in any order, only the exit code, or nothing."""

Setup = Callable[[EmbeddedServer, str], None]
"""A function that prepares the embedded server for the namespace of a group."""


@dataclass(frozen=True)
class Command:
    """One command, and what must be equal on both servers.

    In `line`, `$NAMESPACE` is the namespace of the group and `$PORT` a port of this machine that serves HTTP. The words
    are split as in a shell. The files of `manifests/` are in the working directory.
    """

    line: str
    compare: Compare = "output"
    exit_code: int = 0
    """The expected exit code on the real server."""
    stdin: str = ""
    editor: str = ""
    """The program that `edit` runs on the file."""
    until: str = ""
    """A text in the output, after which the runner ends the command."""
    connect: bool = False
    """Whether to send an HTTP request to the port that the output names, before the command ends."""
    reason: str = ""
    """Why the output differs."""
    in_ci: bool = True
    """Whether CI runs the command."""


@dataclass(frozen=True)
class Group:
    """Commands that run in order, in a namespace for this group."""

    name: str
    commands: Sequence[Command]
    prepare: Sequence[str] = ()
    """Commands that run first and must succeed."""
    cleanup: Sequence[str] = ()
    """Commands that delete the objects that do not belong to the namespace."""
    setup: Setup | None = None
    in_ci: bool = True
    """Whether CI runs the group, which has a limit of CPU time. `python -m testing.kubectl` runs all groups."""


def commands(*lines: str | Command) -> tuple[Command, ...]:
    """Return commands. A string is a command whose output must be equal."""
    return tuple(Command(line) if isinstance(line, str) else line for line in lines)


def by_hand(command: str | Command) -> Command:
    """Return a command that CI does not run, because another one uses the same code of the server.

    No later command may depend on its effects.
    """
    return replace(*commands(command), in_ci=False)


def groups_in_ci(groups: Sequence[Group]) -> list[Group]:
    """Return the groups that CI runs, with the commands that CI runs."""
    return [
        replace(group, commands=[command for command in group.commands if command.in_ci])
        for group in groups
        if group.in_ci
    ]
