"""The command `python -m testing.comparison.stored_objects`: compare stored objects and tables of all kinds.

The program creates the valid body of each kind in resources.yaml, and the body with each valid edit. It prints the
differences of the objects, their table rows, and the responses to a PUT without a resourceVersion and of a missing
object.
"""

import argparse
import copy
import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from testing.comparison.http_session import Exchange, Server
from testing.comparison.kinds import Kind, kinds
from testing.comparison.normalize import Normalizer
from testing.comparison.servers import both_servers
from testing.comparison.steps import apply_edit

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
NAMESPACE = "comparison-stored"


def main() -> int:
    """Print the differences, and return 1 if there are any."""
    parser = argparse.ArgumentParser(prog="testing.comparison.stored_objects", description=__doc__)
    parser.add_argument("kinds", nargs="*", help="compare only these kinds")
    arguments = parser.parse_args()
    results = list(compare_objects(arguments.kinds))
    sys.stdout.writelines(f"{line}\n" for _, lines in results for line in lines)
    different = sum(1 for _, lines in results if lines)
    sys.stdout.write(f"{len(results) - different} of {len(results)} objects are equal\n")
    return 1 if different else 0


def compare_objects(names: Sequence[str] = (), *, edits: bool = True) -> Iterator[tuple[Kind, list[str]]]:
    """Yield the kind and the differences of each object, of these kinds or of all."""
    with both_servers() as servers:
        for server in servers:
            _send(server, "POST", "/api/v1/namespaces", {"metadata": {"name": NAMESPACE}})
        for kind in kinds():
            if kind.name or (names and kind.kind not in names):
                continue
            for name, body in _bodies(kind, edits=edits):
                yield kind, list(_compare(servers, kind, name, body))


def _bodies(kind: Kind, *, edits: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    base = kind.new_body(NAMESPACE)
    yield "base", base
    if not edits:
        return
    for number, edit in enumerate(kind.valid):
        body = apply_edit(base, edit)
        yield f"edit-{number}", body


def _compare(servers: Sequence[Server], kind: Kind, name: str, body: dict[str, Any]) -> Iterator[str]:
    results = [dict(_run(server, kind, name, copy.deepcopy(body))) for server in servers]
    for step, real in results[0].items():
        embedded = results[1].get(step)
        if real != embedded:
            for path, first, second in _differences(real, embedded, ""):
                yield f"{kind.kind} {name} {step} {path}: real {json.dumps(first)}, embedded {json.dumps(second)}"


def _run(server: Server, kind: Kind, name: str, body: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Send the requests for one object, and yield the normalized responses."""
    collection = (
        f"/{kind.api}/namespaces/{NAMESPACE}/{kind.plural}" if kind.namespaced else f"/{kind.api}/{kind.plural}"
    )
    body["metadata"] = {**body.get("metadata", {}), "name": f"{name}-1"}
    path = f"{collection}/{name}-1"
    normalizer = Normalizer()
    created = _send(server, "POST", collection, body, dry_run=kind.dry_run)
    yield "create", _result(normalizer, created)
    if created.status != 201 or kind.dry_run:
        return
    yield "table", _result(normalizer, _send(server, "GET", path, accept=TABLE))
    current = _send(server, "GET", path).document
    current["metadata"].pop("resourceVersion", None)
    current["metadata"]["labels"] = {**current["metadata"].get("labels", {}), "changed": "yes"}
    yield "put", _result(normalizer, _send(server, "PUT", path, current))
    missing = {**body, "metadata": {**body["metadata"], "name": f"{name}-2"}}
    if name == "base":
        yield "put-missing", _result(normalizer, _send(server, "PUT", f"{collection}/{name}-2", missing))
        _send(server, "DELETE", f"{collection}/{name}-2?gracePeriodSeconds=0")
    yield "delete", _result(normalizer, _send(server, "DELETE", f"{path}?gracePeriodSeconds=0"))
    _send(server, "PATCH", path, {"metadata": {"finalizers": None}}, content_type="application/merge-patch+json")


def _send(
    server: Server,
    method: str,
    path: str,
    body: Any = None,
    *,
    accept: str = "application/json",
    content_type: str = "application/json",
    dry_run: bool = False,
) -> Exchange:
    headers = {"Accept": accept, "Content-Type": content_type, "User-Agent": "stored/1"}
    suffix = "?dryRun=All" if dry_run else ""
    return server.send(method, f"{path}{suffix}", None if body is None else json.dumps(body).encode(), headers)


def _result(normalizer: Normalizer, exchange: Exchange) -> Any:
    return [exchange.status, list(exchange.warnings), normalizer.normalize(exchange.document)]


def _differences(real: Any, embedded: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(real, dict) and isinstance(embedded, dict):
        for key in sorted({*real, *embedded}):
            yield from _differences(real.get(key, "<missing>"), embedded.get(key, "<missing>"), f"{path}.{key}")
    elif isinstance(real, list) and isinstance(embedded, list) and len(real) == len(embedded):
        for index, (first, second) in enumerate(zip(real, embedded, strict=True)):
            yield from _differences(first, second, f"{path}[{index}]")
    elif real != embedded:
        yield path, real, embedded


if __name__ == "__main__":
    sys.exit(main())
