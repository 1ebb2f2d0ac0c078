"""The response bodies of the server: a Pod, lists, watch events and log lines."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from benchmarks.pods._template import POD

PAGE = 500
"""The number of objects on a page of a list."""

_VERSION = "8812345"


def pod(index: int) -> dict[str, Any]:
    """Return a Pod with a distinct name, UID, node and address."""
    document = deepcopy(POD)
    name = f"checkout-7d9f6c5b8d-{index:05d}"
    document["metadata"] |= {
        "name": name,
        "uid": f"5f0c2b1e-93a4-4d6b-8f1a-{index:012x}",
        "resourceVersion": str(8_000_000 + index),
    }
    document["spec"]["nodeName"] = f"node-{index % 100:03d}"
    address = f"10.{index // 65536 % 256}.{index // 256 % 256}.{index % 256}"
    document["status"] |= {"podIP": address, "podIPs": [{"ip": address}]}
    return document


def encode(value: object) -> bytes:
    """Encode as JSON without spaces, like the API server."""
    return json.dumps(value, separators=(",", ":")).encode()


def pod_list(first: int, count: int, continue_token: str = "") -> bytes:
    """Return a list of Pods. Like an API server, omit `apiVersion` and `kind` in the items."""
    items: list[dict[str, Any]] = []
    for index in range(first, first + count):
        item = pod(index)
        del item["apiVersion"], item["kind"]
        items.append(item)
    metadata = {"resourceVersion": _VERSION} | ({"continue": continue_token} if continue_token else {})
    return encode({"kind": "PodList", "apiVersion": "v1", "metadata": metadata, "items": items})


def pages(count: int) -> dict[str, bytes]:
    """Return the pages of a list by their continue token; the token of the first page is empty."""
    result: dict[str, bytes] = {}
    for first in range(0, count, PAGE):
        following = first + PAGE
        size = min(PAGE, count - first)
        result[str(first) if first else ""] = pod_list(first, size, str(following) if following < count else "")
    return result


def events(count: int, *, metadata_only: bool) -> Iterator[bytes]:
    """Return the lines of a watch."""
    for index in range(count):
        body = pod(index)
        if metadata_only:
            body = {
                "kind": "PartialObjectMetadata",
                "apiVersion": "meta.k8s.io/v1",
                "metadata": body["metadata"],
            }
        yield encode({"type": "ADDED" if index % 3 == 0 else "MODIFIED", "object": body}) + b"\n"


def log_block(size: int) -> bytes:
    """Return JSON log lines of about 150 bytes with a total size of `size` bytes."""
    lines: list[bytes] = []
    written = index = 0
    while written < size:
        entry = {
            "ts": f"2026-03-04T10:{index // 60 % 60:02d}:{index % 60:02d}.{index % 1000:03d}Z",
            "level": "warn" if index % 17 == 0 else "info",
            "msg": "request done" if index % 3 else "request done after the cache was refilled",
            "path": f"/api/v2/orders/{index * 7919 % 100_000}",
            "status": 200,
            "ms": index % 311,
        }
        lines.append(encode(entry) + b"\n")
        written += len(lines[-1])
        index += 1
    return b"".join(lines)[: size - 1] + b"\n"
