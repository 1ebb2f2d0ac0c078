"""What holds for every file that is committed."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Folders of one machine, and what lies beside a checkout. A path below a folder that a variable names is fine.
ELSEWHERE = re.compile(r"(?<![\w.}~-])/(?:work|root|Users|home)/\w|\.\./shared\b")

# Of models that are made by a tool the classes have docstrings, as far as Kubernetes describes them.
GENERATED = "# Made by kubex-codegen."


@cache
def files() -> dict[str, str]:
    """Read every committed text file."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [path for path in listed.split("\0") if path and (ROOT / path).is_file()]
    return {path: (ROOT / path).read_text(encoding="utf-8", errors="replace") for path in paths}


def test_no_file_names_a_place_outside_the_tree() -> None:
    found = {path: match.group() for path, text in files().items() if (match := ELSEWHERE.search(text))}
    assert found == {}


def test_every_module_says_what_it_is_for() -> None:
    sources = {path: text for path, text in files().items() if path.endswith(".py")}
    ours = {path: text for path, text in sources.items() if not text.startswith(GENERATED)}
    assert [path for path, text in ours.items() if not ast.get_docstring(ast.parse(text))] == []
    assert len(ours) > 100
