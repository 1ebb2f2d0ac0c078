"""The built-in `sh`: it runs a command line, or the lines of its input."""

from collections.abc import Sequence
from dataclasses import replace

from .commands import find_command
from .process import ContainerProcess
from .redirection import open_input, open_output
from .shell_parser import Redirection, ShellSyntaxError, SimpleCommand, Variables, expand, parse

_NOT_FOUND, _SYNTAX_ERROR = 127, 2


class _Exit(Exception):
    """The command `exit`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


async def run_shell(process: ContainerProcess) -> int:
    """Run `sh -c SCRIPT [NAME [ARGUMENT...]]`, or without arguments the lines of the input."""
    match process.argv[1:]:
        case ("-c", script, *positional):
            shell = _Shell(process, positional or [process.argv[0]])
            run = shell.run(script)
        case () | ("-i",) | ("-s",):
            shell = _Shell(process, [process.argv[0]])
            run = shell.run_input()
        case _:
            return await process.fail(
                "only `sh` and `sh -c SCRIPT` are available in the embedded server", _SYNTAX_ERROR
            )
    try:
        await run
    except _Exit as end:
        return end.code
    return shell.exit_code


class _Shell:
    """The state of one shell: variables, working directory, and the exit code of the last command."""

    def __init__(self, process: ContainerProcess, positional: Sequence[str]) -> None:
        self._process = process
        self._positional = positional
        self.exit_code = 0

    async def run_input(self) -> None:
        """Run the lines of the input, with a prompt on a terminal."""
        while True:
            if self._process.tty:
                await self._process.stdout.write(b"# ")
            line = await self._process.stdin.readline()
            if not line:
                return
            await self.run(line.decode("utf-8", "surrogateescape").replace("\r", "\n"))

    async def run(self, script: str) -> None:
        """Run the commands of a script. Raises _Exit."""
        try:
            commands = parse(script)
        except ShellSyntaxError as error:
            self.exit_code = await self._process.fail(
                f"syntax error: {error} is not supported by the embedded server; "
                "register a handler with set_exec_handler()",
                _SYNTAX_ERROR,
            )
            return
        for command in commands:
            if (command.joint == "&&" and self.exit_code) or (command.joint == "||" and not self.exit_code):
                continue
            self.exit_code = await self._run_command(command)

    async def _run_command(self, command: SimpleCommand) -> int:
        variables = Variables(self._process.env, self._positional, self.exit_code)
        words = [text for word in command.words for text in expand(word, variables)]
        process = self._process
        try:
            for redirection in command.redirections:
                process = _redirect(process, redirection, "".join(expand(redirection.target, variables)))
        except OSError as error:
            return await self._process.fail(f"cannot open {error.filename}: {error.strerror}", _SYNTAX_ERROR)
        while words and words[0].partition("=")[0].isidentifier() and "=" in words[0]:
            name, _, value = words.pop(0).partition("=")
            target = process.env if not words else (process := replace(process, env=dict(process.env))).env
            target[name] = value
        if not words:
            return 0
        return await self._run_words(process, words)

    async def _run_words(self, process: ContainerProcess, words: list[str]) -> int:
        match words:
            case ["exit", *codes]:
                raise _Exit(int(codes[0]) % 256 if codes and codes[0].isdecimal() else self.exit_code)
            case [":", *_]:
                return 0
            case ["exec", *rest] if rest:
                raise _Exit(await self._run_words(process, rest))
            case ["cd", path]:
                return await self._change_directory(path)
            case ["read", *names] if all(name.isidentifier() for name in names):
                return await self._read(process, names)
            case ["export", *settings]:
                self._process.env.update({item.partition("=")[0]: item.partition("=")[2] for item in settings})
                return 0
            case _:
                program = find_command(words[0])
        if program is None:
            return await self._process.fail(f"{words[0]}: not found", _NOT_FOUND)
        # A command cannot change the variables of the shell.
        return await program(replace(process, argv=tuple(words), env=dict(process.env)))

    async def _change_directory(self, path: str) -> int:
        target = self._process.absolute(path)
        try:
            self._process.files.list_names(target)
        except OSError:
            return await self._process.fail(f"cd: can't cd to {path}", _SYNTAX_ERROR)
        self._process = replace(self._process, working_dir=target)
        return 0

    async def _read(self, process: ContainerProcess, names: list[str]) -> int:
        line = await process.stdin.readline()
        values = line.decode("utf-8", "surrogateescape").rstrip("\r\n").split(None, max(len(names) - 1, 0))
        for index, name in enumerate(names):
            self._process.env[name] = values[index] if index < len(values) else ""
        return 0 if line.endswith(b"\n") else 1


def _redirect(process: ContainerProcess, redirection: Redirection, target: str) -> ContainerProcess:
    """Return the process with another input or output. Raises OSError."""
    match redirection.operator:
        case "2>&1":
            return replace(process, stderr=process.stdout)
        case ">&2" | "1>&2":
            return replace(process, stdout=process.stderr)
        case "<":
            return replace(process, stdin=open_input(process, target))
        case operator:
            output = open_output(process, target, append=operator.endswith(">>"))
            return replace(process, stderr=output) if operator.startswith("2") else replace(process, stdout=output)
