"""Rules for all committed files."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Absolute paths that exist only on one machine, and a folder next to the checkout. Paths below $VARIABLE are allowed.
OUTSIDE = re.compile(r"(?<![\w.}~-])/(?:work|root|Users|home)/\w|\.\./shared\b")

# Generated files do not need a module docstring.
GENERATED = "# Made by kubex-codegen."


@cache
def files() -> dict[str, str]:
    """Read every committed text file."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [path for path in listed.split("\0") if path and (ROOT / path).is_file()]
    return {path: (ROOT / path).read_text(encoding="utf-8", errors="replace") for path in paths}


def test_no_file_contains_a_path_outside_the_source_tree() -> None:
    found = {path: match.group() for path, text in files().items() if (match := OUTSIDE.search(text))}
    assert found == {}


def test_each_module_has_a_docstring() -> None:
    sources = {path: text for path, text in files().items() if path.endswith(".py")}
    ours = {path: text for path, text in sources.items() if not text.startswith(GENERATED)}
    assert [path for path, text in ours.items() if not ast.get_docstring(ast.parse(text))] == []
    assert len(ours) > 100
