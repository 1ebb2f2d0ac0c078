"""An API server with many Pods: `python -m benchmarks.informers.server` prints its URL and runs until its input ends.

The namespace selects the responses, and contains the number of objects or events:

* `objects-N`: N Pods, and a watch without events
* `added-N`: an empty list, and a watch that adds N Pods
* `events-N`: an empty list, and a watch with N events of 1,000 Pods; the last event adds the Pod `last`
* `relist-N`: a watch with N initial events that expires at once; the next one contains the same Pods and `last`

For clients that request the Pods of all namespaces, the URL can start with the namespace: `http://127.0.0.1:8001/events-9`.
"""

import argparse
import asyncio
import re
from collections.abc import Iterator
from urllib.parse import parse_qs

from benchmarks.affinity import pin
from benchmarks.pods import documents
from benchmarks.serve import serve
from benchmarks.server import STREAM_END, STREAM_HEAD, Connection, chunk, response

LIVE = 1000
"""The number of Pods that the events change."""

_EXAMPLE = documents.encode(documents.pod(0))
_NAME = documents.pod(0)["metadata"]["name"].encode()
_UID = documents.pod(0)["metadata"]["uid"].encode()
_VERSION = documents.pod(0)["metadata"]["resourceVersion"].encode()
_NAMESPACE = documents.pod(0)["metadata"]["namespace"].encode()
_LIST_VERSION = 8_000_000
_PATH = re.compile(r"/api/v1/namespaces/(?P<namespace>(?P<kind>objects|added|events|relist)-(?P<count>\d+))/pods")
_PREFIX = re.compile(r"/(?P<namespace>(added|objects|events)-\d+)(?P<path>/.*)")

_EXPIRED = documents.encode(
    {
        "type": "ERROR",
        "object": {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Expired", "code": 410},
    }
)
_GROUP = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "v1"}
_VERBS = ["create", "delete", "get", "list", "patch", "update", "watch"]
_DISCOVERY = {
    "/version": {"major": "1", "minor": "37", "gitVersion": "v1.37.0"},
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
    "/api/v1": _GROUP
    | {
        "resources": [
            {
                "name": "pods",
                "singularName": "pod",
                "namespaced": True,
                "kind": "Pod",
                "verbs": _VERBS,
                "categories": ["all"],
            },
            {
                "name": "namespaces",
                "singularName": "namespace",
                "namespaced": False,
                "kind": "Namespace",
                "verbs": ["get"],
            },
        ]
    },
}


def pod_of(namespace: str, name: str, version: int) -> bytes:
    """Return the JSON of a Pod."""
    body = _EXAMPLE.replace(_NAME, name.encode()).replace(_UID, f"5f0c2b1e-93a4-4d6b-8f1a-{hash_of(name)}".encode())
    body = body.replace(b'"resourceVersion":"%b"' % _VERSION, b'"resourceVersion":"%d"' % version)
    return body.replace(b'"namespace":"%b"' % _NAMESPACE, b'"namespace":"%b"' % namespace.encode())


def hash_of(name: str) -> str:
    """Return 12 digits that are the same for each version of a Pod."""
    return f"{int.from_bytes(name.encode()[-5:], 'big'):012x}"[-12:]


class Responses:
    """The responses, which are generated when they are requested."""

    def __init__(self) -> None:
        self._relists: set[str] = set()

    def find(self, request: str) -> bytes | Iterator[bytes]:
        """Return the response to a request: its bytes, or an iterator of the parts of a stream."""
        path, _, query = request.partition("\r\n")[0].split(" ")[1].partition("?")
        prefix = _PREFIX.fullmatch(path)
        if prefix is not None:
            path = prefix["path"].replace("/v1/pods", f"/v1/namespaces/{prefix['namespace']}/pods")
        parameters = {name: values[0] for name, values in parse_qs(query).items()}
        match = _PATH.fullmatch(path)
        if match is None and "apidiscovery" in request:
            return b"HTTP/1.1 406 Not Acceptable\r\nContent-Length: 0\r\n\r\n"
        if match is None:
            return response(documents.encode(_DISCOVERY.get(path, {"kind": "Status", "status": "Success"})))
        namespace, count = match["namespace"], int(match["count"])
        is_watch = parameters.get("watch", "").lower() in ("true", "1")
        if not is_watch:
            return _list(namespace, 0 if match["kind"] in ("added", "events") else count, parameters)
        if match["kind"] == "events" and int(parameters.get("resourceVersion") or 0) <= _LIST_VERSION:
            return _in_packets(_events(namespace, count), ends=True)
        if match["kind"] == "added":
            return _in_packets(_initial_events(namespace, count, None), ends=False)
        if "sendInitialEvents" in parameters:
            is_relist = namespace in self._relists
            self._relists.add(namespace)
            lines = _initial_events(namespace, count, "last" if is_relist else None)
            expires = match["kind"] == "relist" and not is_relist
            return _in_packets(lines, ends=expires, last=_EXPIRED if expires else None)
        return iter([STREAM_HEAD])


def _list(namespace: str, count: int, parameters: dict[str, str]) -> bytes:
    first = int(parameters.get("continue") or 0)
    following = min(count, first + int(parameters.get("limit") or 0) or count)
    token = b',"continue":"%d"' % following if following < count else b""
    # Like an API server, omit the first two fields in items.
    items = b",".join(
        b"{" + pod_of(namespace, f"pod-{index:06d}", _LIST_VERSION - count + index).partition(b'"kind":"Pod",')[2]
        for index in range(first, following)
    )
    head = b'{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"%d"%b},"items":[' % (
        _LIST_VERSION,
        token,
    )
    return response(head + items + b"]}")


def _events(namespace: str, count: int) -> Iterator[bytes]:
    for index in range(count):
        kind = b"ADDED" if index < LIVE or index == count - 1 else b"MODIFIED"
        name = "last" if index == count - 1 else f"pod-{index % LIVE:06d}"
        yield b'{"type":"%b","object":%b}' % (kind, pod_of(namespace, name, _LIST_VERSION + 1 + index))


def _initial_events(namespace: str, count: int, extra: str | None) -> Iterator[bytes]:
    names = [f"pod-{index:06d}" for index in range(count)] + ([extra] if extra else [])
    for index, name in enumerate(names):
        yield b'{"type":"ADDED","object":%b}' % pod_of(namespace, name, _LIST_VERSION - count + index)
    metadata = {
        "resourceVersion": str(_LIST_VERSION + bool(extra)),
        "annotations": {"k8s.io/initial-events-end": "true"},
    }
    yield documents.encode({"type": "BOOKMARK", "object": {"kind": "Pod", "apiVersion": "v1", "metadata": metadata}})


def _in_packets(lines: Iterator[bytes], *, ends: bool, last: bytes | None = None) -> Iterator[bytes]:
    """Yield the parts of a stream. A server with many waiting events sends several of them in one packet."""
    yield STREAM_HEAD
    packet: list[bytes] = []
    for line in lines:
        packet.append(chunk(line + b"\n"))
        if len(packet) == 16:
            yield b"".join(packet)
            packet.clear()
    if last is not None:
        packet.append(chunk(last + b"\n"))
    yield b"".join(packet) + (STREAM_END if ends else b"")


def main() -> None:
    """Run the server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--core", type=int, help="the processor core to run on")
    pin(parser.parse_args().core)
    responses = Responses()
    asyncio.run(serve(lambda: Connection(responses)))


if __name__ == "__main__":
    main()
