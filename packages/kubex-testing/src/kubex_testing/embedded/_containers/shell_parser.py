"""Parse the small part of the shell language that `sh` supports, without running it.

Supported are simple commands with quotes, variables and redirections, joined by `;`, `&&`, `||` and line feeds.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Joint = Literal[";", "&&", "||"]
_OPERATORS = ("2>&1", ">&2", "1>&2", "2>>", "2>", "1>", ">>", ">", "<", "&&", "||", ";", "\n")
_UNSUPPORTED = "|&()`{}"
_UNSUPPORTED_WORDS = ("if", "for", "while", "until", "case", "function", "{", "!")
_REDIRECTIONS = ("2>>", "2>", "1>", ">>", ">", "<")


class ShellSyntaxError(Exception):
    """The text is not in the supported part of the language."""


@dataclass(frozen=True)
class Part:
    """A part of a word: literal text, or the name of a variable."""

    text: str
    variable: bool = False


Word = tuple[Part, ...]


@dataclass(frozen=True)
class Redirection:
    """A redirection, such as `>` to a file. `target` is empty for `2>&1` and `>&2`."""

    operator: str
    target: Word = ()


@dataclass
class SimpleCommand:
    """One command, and the operator before it."""

    joint: Joint = ";"
    words: list[Word] = field(default_factory=list[Word])
    redirections: list[Redirection] = field(default_factory=list[Redirection])


@dataclass(frozen=True)
class Variables:
    """The variables of a shell, and its positional parameters: `$0`, `$1`, ..."""

    named: Mapping[str, str]
    positional: Sequence[str]
    exit_code: int = 0

    def get(self, name: str) -> str:
        """Return the value of a variable, or an empty string."""
        if name.isdecimal():
            return self.positional[int(name)] if int(name) < len(self.positional) else ""
        if name == "#":
            return str(len(self.positional) - 1)
        if name == "?":
            return str(self.exit_code)
        if name in ("@", "*"):
            return " ".join(self.positional[1:])
        return self.named.get(name, "")


def expand(word: Word, variables: Variables) -> list[str]:
    """Return the text of a word. Only `$@` can result in several words; other values are not split."""
    if word == (Part("@", variable=True),):
        return list(variables.positional[1:])
    return ["".join(variables.get(part.text) if part.variable else part.text for part in word)]


def parse(text: str) -> list[SimpleCommand]:
    """Parse a script. Raises ShellSyntaxError."""
    commands: list[SimpleCommand] = []
    current = SimpleCommand()
    tokens = _tokens(text)
    for token in tokens:
        if isinstance(token, tuple):
            if not current.words and _literal(token) in _UNSUPPORTED_WORDS:
                raise ShellSyntaxError(f"`{_literal(token)}`")
            current.words.append(token)
        elif token in _REDIRECTIONS:
            target = next(tokens, "")
            if not isinstance(target, tuple):
                raise ShellSyntaxError(f"a missing file name after `{token}`")
            current.redirections.append(Redirection(token, target))
        elif token in (";", "\n", "&&", "||"):
            if current.words or current.redirections:
                commands.append(current)
            elif token not in (";", "\n"):
                raise ShellSyntaxError(f"an unexpected `{token}`")
            current = SimpleCommand("&&" if token == "&&" else "||" if token == "||" else ";")  # noqa: S105
        else:
            current.redirections.append(Redirection(token))
    if current.words or current.redirections:
        commands.append(current)
    return commands


def _literal(word: Word) -> str:
    return "".join(part.text for part in word if not part.variable)


def _tokens(text: str) -> Iterator[Word | str]:
    """Yield words as tuples, and operators as strings."""
    position = 0
    while position < len(text):
        if text[position] in " \t":
            position += 1
        elif text[position] == "#":
            position = (text + "\n").index("\n", position)
        elif operator := next((item for item in _OPERATORS if text.startswith(item, position)), None):
            position += len(operator)
            yield operator
        elif text[position] in _UNSUPPORTED:
            raise ShellSyntaxError(f"`{text[position]}`")
        else:
            word, position = _word(text, position)
            yield word


def _word(text: str, position: int) -> tuple[Word, int]:
    parts: list[Part] = []
    while position < len(text) and text[position] not in " \t\n;<>|&()`":
        character = text[position]
        if character == "'":
            end = _end_of_quote(text, position, "'")
            parts.append(Part(text[position + 1 : end]))
            position = end + 1
        elif character == '"':
            position = _quoted(text, position + 1, parts)
        elif character == "\\":
            parts.append(Part(text[position + 1 : position + 2]))
            position += 2
        elif character == "$":
            position = _variable(text, position + 1, parts)
        else:
            parts.append(Part(character))
            position += 1
    return tuple(parts), position


def _quoted(text: str, position: int, parts: list[Part]) -> int:
    """Parse the content of double quotes, and return the position after them."""
    parts.append(Part("")) if text[position : position + 1] == '"' else None
    while position < len(text) and text[position] != '"':
        if text[position] == "\\" and text[position + 1 : position + 2] in ("$", '"', "\\", "`"):
            parts.append(Part(text[position + 1]))
            position += 2
        elif text[position] == "$":
            position = _variable(text, position + 1, parts)
        elif text[position] == "`":
            raise ShellSyntaxError("'`'")
        else:
            parts.append(Part(text[position]))
            position += 1
    if position >= len(text):
        raise ShellSyntaxError("an unterminated quote")
    return position + 1


def _variable(text: str, position: int, parts: list[Part]) -> int:
    """Parse the name after `$`, and return the position after it."""
    following = text[position : position + 1]
    if following == "{":
        end = _end_of_quote(text, position, "}")
        name = text[position + 1 : end]
        if not (name.isidentifier() or name.isdecimal() or name in ("#", "?", "@", "*")):
            raise ShellSyntaxError(f"`${{{name}}}`")
        parts.append(Part(name, variable=True))
        return end + 1
    if following == "(":
        raise ShellSyntaxError("`$(`")
    if following and (following in "#?@*" or following.isdecimal()):
        parts.append(Part(following, variable=True))
        return position + 1
    end = position
    while end < len(text) and (text[end] == "_" or text[end].isalnum()):
        end += 1
    parts.append(Part(text[position:end], variable=True) if end > position else Part("$"))
    return end


def _end_of_quote(text: str, position: int, quote: str) -> int:
    end = text.find(quote, position + 1)
    if end < 0:
        raise ShellSyntaxError("an unterminated quote")
    return end
