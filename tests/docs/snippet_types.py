"""Writes the Python blocks of pages and docstrings to files, and checks the types of all of them with pyright."""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from docs.blocks import Block, blocks, page_name

SETTINGS = {
    "typeCheckingMode": "standard",
    "pythonVersion": "3.10",
    "reportRedeclaration": False,  # several blocks of a page define `main()`
    "reportWildcardImportFromLibrary": False,  # the names in scope in docstrings
}
# `client` is in scope on each page.
BUILTINS = "from kubex import Client\n\nclient: Client\n"
# Blocks use `await` at the top level, which pyright supports only in notebooks.
TOP_LEVEL_AWAIT = (
    '"await" allowed only within async function',
    '"await" is allowed only within async function',
    'Use of "async" not allowed outside of async function',
    "Use of asynchronous generator not allowed outside of async function",
)


def write_at_its_lines(file: Path, parts: Iterable[Block], first_line: str = "") -> None:
    """Write blocks to a file so that each line has the same number as on the page."""
    lines = [first_line]
    for block in parts:
        lines += [""] * (block.line - 1 - len(lines)) + block.text.splitlines()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_page(page: Path, folder: Path) -> list[Path]:
    """Write a page to a folder: one file, and one for each of its files for pytest."""
    written: dict[Path, list[Block]] = {}
    for block in blocks(page, "python"):
        written.setdefault(folder / (block.file_name or "page.py"), []).append(block)
    for file, parts in written.items():
        write_at_its_lines(file, parts)
    return list(written)


def write_docstrings(examples: Mapping[str, Block], names: str, folder: Path) -> dict[Path, str]:
    """Write each example of a docstring to a file. `names` is a stub that defines the names in scope."""
    folder.mkdir()
    (folder / "names_in_scope.pyi").write_text(names, encoding="utf-8")
    sources: dict[Path, str] = {}
    for name, block in examples.items():
        file = folder / f"example_{name.replace('.', '_')}.py"
        write_at_its_lines(file, [block], "from names_in_scope import *")
        sources[file] = page_name(block.path)
    return sources


def check_types(folder: Path, sources: Mapping[Path, str]) -> list[str]:
    """Run pyright once on all files, and return each error with its page and line."""
    (folder / "__builtins__.pyi").write_text(BUILTINS, encoding="utf-8")
    settings = {**SETTINGS, "include": [file.relative_to(folder).as_posix() for file in sources]}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable]
    completed = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert completed.returncode in (0, 1), completed.stdout + completed.stderr
    report: dict[str, Any] = json.loads(completed.stdout)
    assert report["summary"]["filesAnalyzed"] == len(sources), report["summary"]
    return [
        f"{sources[Path(error['file'])]}:{error['range']['start']['line'] + 1}: {error['message']}"
        for error in report["generalDiagnostics"]
        if error["severity"] == "error" and not error["message"].startswith(TOP_LEVEL_AWAIT)
    ]
