"""The size of the async modules of kubex_runtime, which are layers above state machines without I/O."""

import ast
import io
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "packages/kubex-runtime/src/kubex_runtime"

MAX_LINES = 60
"""The largest number of lines of code in an async module."""

ASYNC = (ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await)
BLANK = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)


def lines_of_code(source: str) -> int:
    """Return the number of lines without blank lines, comments, docstrings and imports."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    lines = {line for token in tokens if token.type not in BLANK for line in range(token.start[0], token.end[0] + 1)}
    return len(lines - set(lines_that_do_not_count(ast.parse(source))))


def lines_that_do_not_count(tree: ast.Module) -> Iterator[int]:
    """Yield the lines of docstrings and imports."""
    for node in ast.walk(tree):
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if is_docstring or isinstance(node, ast.Import | ast.ImportFrom):
            assert isinstance(node, ast.stmt)
            yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)


def is_async(source: str) -> bool:
    """Return whether a module contains `async` or `await`."""
    return any(isinstance(node, ASYNC) for node in ast.walk(ast.parse(source)))


def test_async_modules_are_short() -> None:
    sources = {path.name: path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")}
    sizes = {name: lines_of_code(source) for name, source in sources.items() if is_async(source)}
    assert {name: size for name, size in sizes.items() if size > MAX_LINES} == {}
    assert len(sizes) > 5


@pytest.mark.parametrize("folder", ["_machine", "_conditions"])
def test_pure_modules_are_not_async(folder: str) -> None:
    sources = {path.name: path.read_text(encoding="utf-8") for path in (SOURCE / folder).glob("*.py")}
    assert [name for name, source in sources.items() if is_async(source)] == []
    assert len(sources) > 3


EXAMPLE = '''"""A module."""

import a
from b import (
    c,
)

# why
async def f(
    x: int,
) -> None:
    """Do."""
    await x(
        1  # one
    )
'''


def test_lines_of_code_are_counted() -> None:
    assert lines_of_code(EXAMPLE) == 6
    assert is_async(EXAMPLE)
