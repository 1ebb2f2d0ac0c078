"""Compare the manifests of real projects with kubectl, on a real control plane.

PYTHONPATH=tests python -m ops.differential.projects FOLDER

The folder has one file or one folder of YAML files for each project. For each project, the documents, the objects and
their managedFields must be the same with kubectl and with Kubex, a second apply must change nothing, and after a
delete no object of the set may exist.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import anyio

import kubex_ops
from kubex import create_client
from kubex.errors import KubexError
from kubex.manifests import Document, load
from ops.differential.cluster import Objects
from ops.differential.comparison import MANAGER, ReferenceFailure, Side, control_plane, side
from ops.differential.paths import differences
from ops.differential.sets import NAMESPACE, Item
from testing.kubectl.runner import find_kubectl

VARIABLE = "KUBEX_MANIFESTS"
"""The environment variable with the folder, for the test."""
LIMIT = 120


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare the projects, and return 1 if anything differs."""
    parser = argparse.ArgumentParser(prog="ops.differential.projects", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", help="the names of projects")
    options = parser.parse_args(arguments)
    kubectl = find_kubectl()
    if kubectl is None:
        parser.error("no kubectl found; set KUBEBUILDER_ASSETS")
    failed = 0
    with control_plane() as handle, side("real", handle, kubectl) as server:
        for project in projects(options.folder):
            if options.only and project.name not in options.only:
                continue
            comparison = ProjectComparison(server, project)
            try:
                found = list(comparison.run())
            except ReferenceFailure as error:
                found = [f"kubectl: {error}"]
            failed += bool(found)
            sys.stdout.write(f"{project.name}: {comparison.figures}: {len(found)} differences\n")
            sys.stdout.writelines(f"    {line[:600]}\n" for line in found[:20])
            sys.stdout.flush()
    return int(failed > 0)


def projects(folder: Path) -> list[Path]:
    """Return the files and folders of the projects."""
    return sorted(path for path in folder.iterdir() if path.is_dir() or path.suffix in (".yaml", ".yml", ".json"))


class ProjectComparison:
    """Compares the manifests of one project."""

    def __init__(self, server: Side, project: Path) -> None:
        self._server = server
        self._project = project
        self.figures = ""

    def run(self) -> Iterator[str]:
        """Yield the differences. Afterwards the objects do not exist."""
        kubectl, cluster = self._server.kubectl, self._server.cluster
        arguments = ("--output=json", "--recursive")
        done = kubectl.apply([self._project], *arguments, before_retry=cluster.wait_for_definitions)
        if done.exit_code:
            raise ReferenceFailure(done.errors)
        items = [self._item(each) for each in _listed(done.output)]
        documents = kubectl.run("create", "--dry-run=client", *arguments, f"--filename={self._project}")
        yield from self._documents_differ(_listed(documents.output))
        expected = cluster.read(items)
        cluster.delete(items)
        yield from anyio.run(partial(self._apply_and_delete, items, expected))

    def _documents_differ(self, expected: Sequence[Any]) -> Iterator[str]:
        actual = load(self._project, recursive=True)
        kinds = len({document.kind for document in actual})
        self.figures = f"{len(actual)} documents of {kinds} kinds"
        if len(actual) != len(expected):
            yield f"{len(expected)} documents | {len(actual)}"
        for one, other in zip(expected, actual, strict=False):
            value = _with_namespace_of(one, other)
            yield from (f"{other}: {line}" for line in differences(one, value))

    async def _apply_and_delete(self, items: Sequence[Item], expected: Objects) -> list[str]:
        found: list[str] = []
        cluster = self._server.cluster
        async with create_client(self._server.handle.configuration(NAMESPACE)) as client:
            documents = load(self._project, recursive=True)
            try:
                await kubex_ops.apply(client, documents, field_manager=MANAGER)
                actual = cluster.read(items)
                for path in expected:
                    found += (f"{path}: {line}" for line in differences(expected[path], actual[path]))
                report = await kubex_ops.apply(client, documents, field_manager=MANAGER)
                found += (f"applied twice: {each}" for each in report.results if each.outcome != "unchanged")
                await kubex_ops.delete(client, documents, wait=True, timeout=LIMIT)
                found += (f"{item.path} still exists" for item in items if cluster.get(item.path).status != 404)
            except KubexError as error:
                found.append(f"{type(error).__name__}: {error}")
                cluster.delete(items)
        return found

    def _item(self, document: Any) -> Item:
        api, plural, namespaced = self._server.cluster.resource(document["apiVersion"], document["kind"])
        return Item(api, plural, namespaced, document)


def _listed(output: str) -> list[Any]:
    """Return the objects in the output of kubectl: one after another, or in a List."""
    decoder, items, rest = json.JSONDecoder(), list[Any](), output.lstrip()
    while rest:
        document, end = decoder.raw_decode(rest)
        rest = rest[end:].lstrip()
        items += document["items"] if document["kind"] == "List" else [document]
    return items


def _with_namespace_of(expected: Any, document: Document) -> Any:
    """Return the document with the namespace that kubectl added to it."""
    metadata = dict(document.value["metadata"])
    if "namespace" in expected["metadata"]:
        metadata.setdefault("namespace", NAMESPACE)
    return {**document.value, "metadata": metadata}


if __name__ == "__main__":
    sys.exit(main())
