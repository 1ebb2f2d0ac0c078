"""Check files with CustomResourceDefinitions: generate models from each file in a folder, and import them.

    uv run python packages/kubex-codegen/tools/check_crds.py FOLDER

Prints one line for each file, with the version annotations in the file and the result. The exit code is 1 if a file
fails. Files without definitions are skipped.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from kubex_codegen import CodegenError, generate, read_document, write_files

SUFFIXES = (".json", ".yaml", ".yml")
# Annotations such as `operator.prometheus.io/version: 0.82.2`.
VERSION = re.compile(r"^\s+(\S+/(?:bundle-)?version): (\S+)$", re.MULTILINE)
IMPORT_ALL = """\
import importlib, pkgutil, sys
import models
found = [importlib.import_module(each.name) for each in pkgutil.walk_packages(models.__path__, "models.")]
kinds = [kind for module in found for kind in vars(module).values() if "__resource__" in getattr(kind, "__dict__", {})]
for kind in kinds:
    kind.model_rebuild(force=True)
print(f"{len(set(kinds))} kinds")
"""


def main() -> int:
    """Check the files in the folder from the command line."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        print("usage: check_crds.py FOLDER", file=sys.stderr)
        return 2
    failed = False
    for path in sorted(path for path in Path(sys.argv[1]).rglob("*") if path.suffix in SUFFIXES):
        text = path.read_text(encoding="utf-8")
        if "CustomResourceDefinition" not in text:
            continue
        versions = ", ".join(sorted({f"{name} {version}" for name, version in VERSION.findall(text)}))
        problem, result = check(path)
        failed |= problem
        print(f"{path}: {versions or 'no version'}: {result}")
    return int(failed)


def check(path: Path) -> tuple[bool, str]:
    """Return whether a file fails, and a description of the result."""
    try:
        files = generate(read_document(path))
    except CodegenError as error:
        return True, f"error: {error}"
    with tempfile.TemporaryDirectory() as folder:
        write_files(files, Path(folder) / "models")
        command = (sys.executable, "-W", "error", "-c", IMPORT_ALL)
        done = subprocess.run(  # noqa: S603 - the command is fixed
            command, cwd=folder, capture_output=True, text=True, check=False
        )
    if done.returncode:
        return True, f"error: {done.stderr.strip().splitlines()[-1]}"
    return False, done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
