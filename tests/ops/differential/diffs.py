"""Compare what `kubectl diff` and Kubex show for changed sets."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import anyio

import kubex_ops
from kubex.client import Client
from kubex.errors import KubexError
from kubex.manifests import load
from ops.differential.cluster import with_namespace
from ops.differential.comparison import MANAGER, ReferenceFailure, Side, all_items, compare_applies, with_client, write
from ops.differential.paths import differing_paths
from ops.differential.sets import ManifestSet, relabeled, text_of
from ops.differential.spelling import contains_raw


def compare_sets(server: Side, sets: Sequence[ManifestSet]) -> list[str]:
    """Return what differs between kubectl and Kubex.

    Each kubectl process gets the files of all sets, because the sets do not have objects in common.
    """
    found = list(compare_applies(server, sets))
    found += compare_diffs(server, sets)
    server.cluster.delete(all_items(sets))
    return found


def compare_diffs(server: Side, sets: Sequence[ManifestSet]) -> Iterator[str]:
    """Yield the differences between the diffs of kubectl and Kubex for changed sets.

    In every second set, another manager has written to some objects before.
    """
    for each in sets:
        for item, document, operation in each.others if each.number % 2 else ():
            if operation == "apply":
                server.cluster.apply(item, document, "other")
            else:
                server.cluster.merge(item, document, "editor")
    files = [write(server, f"{each.number}-changed.yaml", _changed_text(server, each)) for each in sets]
    done, shown = server.kubectl.diff(files, "--force-conflicts")
    if done.exit_code:
        raise ReferenceFailure(done.errors)
    expected = {_key(after): differing_paths(before, after) for before, after in shown.values()}
    for each, changes in zip(sets, anyio.run(partial(with_client, server.handle, files, _diff)), strict=True):
        if isinstance(changes, str):
            yield f"set {each.number}: diff: {changes}"
            continue
        for key, paths in changes.items():
            if paths != expected.get(key):
                yield f"set {each.number}: diff of {key}: {expected.get(key)} | {paths}"
        missing = {_key(with_namespace(item)) for item in each.changed} - changes.keys()
        yield from (f"set {each.number}: diff of {key} is missing" for key in missing)


def _changed_text(server: Side, each: ManifestSet) -> str:
    """Return the text of a changed set, without the changes that the server rejects."""
    result = []
    for before, after in zip(each.items, each.changed, strict=True):
        accepted = (
            contains_raw(after.document)
            or server.cluster.apply(after, with_namespace(after), MANAGER, dry_run=True).status < 300
        )
        result.append(after if accepted else relabeled(before))
    return text_of(result, each.number)


async def _diff(client: Client, file: Path) -> dict[str, set[str]] | str:
    """Return the paths that would change of each object, or the error."""
    try:
        changes = await kubex_ops.diff(client, load(file), field_manager=MANAGER, force=True)
    except KubexError as error:
        return f"{type(error).__name__}: {error}"
    return {_key(each.after): differing_paths(each.before, each.after) for each in changes}


def _key(document: Any) -> str:
    metadata = document["metadata"]
    return f"{document['apiVersion']}/{document['kind']}/{metadata.get('namespace', '')}/{metadata['name']}"
