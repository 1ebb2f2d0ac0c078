"""Format generated modules: docstrings, and the code with ruff."""

import subprocess
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from unicodedata import east_asian_width

from kubex_codegen._errors import CodegenError

HEADER = "# Made by kubex-codegen. Changes are lost when it runs again."
WIDTH = 120
INDENT = "    "

# The settings of the user must not change the generated code.
_SETTINGS = ("--isolated", "--no-cache", "--quiet", "--no-respect-gitignore")
_STYLE = (f"--config=line-length={WIDTH}", "--target-version=py310")
_STEPS = (("check", "--select=I", "--fix"), ("format",))


def format_modules(modules: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Format modules with ruff. Maps paths to lines of code, and returns a mapping of paths to text.

    Raises:
        CodegenError: ruff fails.
    """
    with TemporaryDirectory(prefix="kubex-codegen-") as name:
        folder = Path(name)
        for path, lines in modules.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes("".join(f"{line}\n" for line in lines).encode())
        for step in _STEPS:
            _ruff(*step, *_SETTINGS, *_STYLE, name)
        return {path: _with_header((folder / path).read_bytes().decode()) for path in modules}


def docstring(text: str, indent: str) -> list[str]:
    """Return the lines of a docstring with wrapped paragraphs."""
    # Remove invisible characters, such as those that change the direction of text, because they can hide code.
    text = "".join(character for character in text if character.isprintable() or character.isspace())
    text = text.replace("\\", "\\\\").replace('"""', "'''").strip()
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    lines = _wrap(paragraphs, WIDTH - len(indent) - 3)
    if len(lines) == 1:
        # The closing quotes are on the same line.
        lines = _wrap(paragraphs, WIDTH - len(indent) - 6)
    if not lines:
        return []
    space = " " if lines[-1].endswith('"') else ""
    if len(lines) == 1:
        return [f'{indent}"""{lines[0]}{space}"""']
    return [f'{indent}"""{lines[0]}', *(f"{indent}{line}".rstrip() for line in lines[1:]), f'{indent}"""']


def _wrap(paragraphs: Sequence[str], width: int) -> list[str]:
    lines = [
        line
        for paragraph in filter(None, paragraphs)
        for line in ["", *textwrap.wrap(paragraph, width, break_long_words=False, break_on_hyphens=False)]
    ]
    return lines[1:]


def _ruff(*arguments: str) -> None:
    result = subprocess.run(  # noqa: S603 - ruff of this environment, with a temporary folder
        (sys.executable, "-m", "ruff", *arguments), capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        raise CodegenError(f"ruff {arguments[0]} failed: {(result.stderr or result.stdout).strip()}")


def _with_header(text: str) -> str:
    """Add the header to a module. `py.typed` stays empty."""
    if not text:
        return text
    # Users may lint generated code, and cannot shorten its names.
    directive = "# ruff: noqa: E501\n" if any(map(_too_long, text.splitlines())) else ""
    return f"{HEADER}\n{directive}{text}"


def _too_long(line: str) -> bool:
    """Return whether ruff reports a line as too long."""
    # ruff accepts a long line that is a single word, such as a URL.
    wide_characters = sum(east_asian_width(character) in "WF" for character in line)
    return len(line) + wide_characters > WIDTH and " " in line.strip()
