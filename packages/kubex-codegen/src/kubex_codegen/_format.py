"""Text of generated modules: strings, docstrings, and the formatting by ruff."""

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

# A user's own settings must not change what is generated.
_SETTINGS = ("--isolated", "--no-cache", "--quiet", "--no-respect-gitignore")
_STYLE = (f"--config=line-length={WIDTH}", "--target-version=py310")
_STEPS = (("check", "--select=I", "--fix"), ("format",))


def format_modules(modules: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return the files of a package: path to text, from path to the lines of a module.

    ruff sorts the imports and formats the code. Raises CodegenError if ruff fails.
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
    """Write a docstring, its paragraphs wrapped."""
    # Invisible characters, such as those that change the direction of text, must not be in code.
    text = "".join(each for each in text if each.isprintable() or each.isspace())
    text = text.replace("\\", "\\\\").replace('"""', "'''").strip()
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    lines = _wrapped(paragraphs, WIDTH - len(indent) - 3)
    if len(lines) == 1:
        # The closing quotes are on the same line.
        lines = _wrapped(paragraphs, WIDTH - len(indent) - 6)
    if not lines:
        return []
    space = " " if lines[-1].endswith('"') else ""
    if len(lines) == 1:
        return [f'{indent}"""{lines[0]}{space}"""']
    return [f'{indent}"""{lines[0]}', *(f"{indent}{line}".rstrip() for line in lines[1:]), f'{indent}"""']


def _wrapped(paragraphs: Sequence[str], width: int) -> list[str]:
    lines = [
        line
        for paragraph in filter(None, paragraphs)
        for line in ["", *textwrap.wrap(paragraph, width, break_long_words=False, break_on_hyphens=False)]
    ]
    return lines[1:]


def _ruff(*arguments: str) -> None:
    done = subprocess.run(  # noqa: S603 - ruff of this environment, on a folder that only this program writes to
        (sys.executable, "-m", "ruff", *arguments), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise CodegenError(f"ruff {arguments[0]} failed: {(done.stderr or done.stdout).strip()}")


def _with_header(text: str) -> str:
    """Add the first lines to a module; `py.typed` stays empty."""
    if not text:
        return text
    # Users may lint this file, and cannot shorten its names.
    remark = "# ruff: noqa: E501\n" if any(map(_too_long, text.splitlines())) else ""
    return f"{HEADER}\n{remark}{text}"


def _too_long(line: str) -> bool:
    """Tell whether ruff reports a line as too long: a line that is a single word, such as a URL, is accepted."""
    wide = sum(east_asian_width(each) in "WF" for each in line)
    return len(line) + wide > WIDTH and " " in line.strip()
