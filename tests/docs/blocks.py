"""Finds the fenced code blocks of the documentation, and runs Python blocks."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import CodeType
from typing import Any

import anyio.to_thread

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path for pattern in ("*.md", "examples/*.md", "packages/*/*.md", "docs/**/*.md") for path in ROOT.glob(pattern)
)
FENCE = re.compile(r"^ *(?P<fence>`{3,})(?P<language>\S*)[^\n]*\n(?P<text>.*?)^ *(?P=fence)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced code block. Its text starts at `line` of the page."""

    path: Path
    line: int
    language: str
    text: str

    @property
    def is_test(self) -> bool:
        """Whether the block defines tests, so that pytest must run it."""
        return re.search(r"^(async )?def test_", self.text, re.MULTILINE) is not None

    @property
    def file_name(self) -> str | None:
        """The file for pytest: its name is in the first line, such as `# conftest.py`, or the block defines tests."""
        match = re.match(r"# (\w+\.py)\n", self.text)
        return match[1] if match else f"test_line_{self.line}.py" if self.is_test else None


def page_name(path: Path) -> str:
    """Return the path of a page relative to the root, for the IDs of tests."""
    return path.relative_to(ROOT).as_posix()


def blocks(path: Path, language: str) -> Iterator[Block]:
    """Yield the code blocks of a page in a language."""
    source = path.read_text(encoding="utf-8")
    for match in FENCE.finditer(source):
        if match["language"] == language:
            line = source.count("\n", 0, match.start("text")) + 1
            yield Block(path, line, language, textwrap.dedent(match["text"]))


async def run_block(block: Block, names: dict[str, Any]) -> None:
    """Run a block, which may use `await`. If its last statement defines `async def main()`, run that too."""
    tree = ast.parse(block.text, str(block.path))
    ast.increment_lineno(tree, block.line - 1)
    code: CodeType = compile(tree, str(block.path), "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    if code.co_flags & inspect.CO_COROUTINE:
        await eval(code, names)  # noqa: S307 - our own documentation
    else:
        # Run in a thread, because a block may start its own event loop.
        await anyio.to_thread.run_sync(partial(exec, code, names))
    last = tree.body[-1]
    if isinstance(last, ast.AsyncFunctionDef) and last.name == "main":
        await names["main"]()
