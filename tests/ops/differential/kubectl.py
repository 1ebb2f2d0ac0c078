"""kubectl as the reference: apply and diff of files."""

import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kubex_testing import ServerHandle
from ops.differential.sets import NAMESPACE
from support.kubectl import environment
from testing.kubectl.runner import GO_SETTINGS

LIMIT = 300
APPLIES = 3
"""The second apply finds the kinds and namespaces that the first created."""


class _Loader(yaml.CSafeLoader):
    """Decode times and `=` as strings, as kubectl does."""


_Loader.yaml_implicit_resolvers = {
    key: [(tag, pattern) for tag, pattern in resolvers if tag.rpartition(":")[2] not in ("timestamp", "value")]
    for key, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True)
class Done:
    """The result of a command."""

    exit_code: int
    output: str
    errors: str


class Kubectl:
    """kubectl with the kubeconfig of an administrator."""

    def __init__(self, program: str, handle: ServerHandle, folder: Path, namespace: str = NAMESPACE) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._words = [program, f"--kubeconfig={folder / 'kubeconfig'}", f"--cache-dir={folder / 'cache'}"]
        handle.write_kubeconfig(folder / "kubeconfig", namespace)

    def run(self, *arguments: str, **variables: str) -> Done:
        """Run a command."""
        done = subprocess.run(
            [*self._words, *arguments],
            env={**environment(), **GO_SETTINGS, **variables},
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def apply(self, files: Sequence[Path], *arguments: str, before_retry: Callable[[], None]) -> Done:
        """Apply the files, at most three times until the command succeeds."""
        words = ("apply", "--server-side", *arguments, *(f"--filename={file}" for file in files))
        done = self.run(*words)
        for _ in range(APPLIES - 1):
            if done.exit_code == 0:
                break
            before_retry()
            done = self.run(*words)
        return done

    def diff(self, files: Sequence[Path], *arguments: str) -> tuple[Done, dict[str, tuple[Any, Any]]]:
        """Return the live and the merged object of each document, by the name of its file."""
        target = self._folder / f"diff-{len(list(self._folder.iterdir()))}"
        program = self._folder / "copy-folders"
        program.write_text('#!/bin/sh\nexec cp -r "$1" "$2" "$TARGET"\n', encoding="utf-8")
        program.chmod(0o700)
        target.mkdir()
        done = self.run(
            *("diff", "--server-side", *arguments, *(f"--filename={file}" for file in files)),
            KUBECTL_EXTERNAL_DIFF=os.fspath(program),
            TARGET=os.fspath(target),
        )
        return done, _folders(target)


def _folders(target: Path) -> dict[str, tuple[Any, Any]]:
    """Read what the program copied. A file of a new object is missing in the first folder."""
    live, merged = (_files(target, prefix) for prefix in ("LIVE", "MERGED"))
    return {name: (_load(live.get(name)), _load(file)) for name, file in merged.items()}


def _files(target: Path, prefix: str) -> dict[str, Path]:
    return {file.name: file for folder in target.glob(f"{prefix}-*") for file in folder.iterdir()}


def _load(file: Path | None) -> Any:
    return None if file is None else yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506
