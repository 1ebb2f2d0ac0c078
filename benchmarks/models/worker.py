"""Take one sample of the generated models: `python -m benchmarks.models.worker CASE SUBJECT COUNT`."""

import gc
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from pydantic_core import from_json, to_json

from benchmarks.other_clients.base import field_walker
from benchmarks.pods import documents
from benchmarks.subjects.base import require_present
from benchmarks.subjects.dict_readers import read_pod as read_dict
from kubex.api._decode import Decoder
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod

OBJECTS = 500
"""The number of objects of a list, and of events of a watch."""

Work = Callable[[], int]
"""A function that does its work once and returns the number of objects."""

_POD = documents.encode(documents.pod(0))
_CONFIG_MAP = documents.encode(
    {
        "kind": "ConfigMap",
        "apiVersion": "v1",
        "metadata": documents.pod(0)["metadata"],
        "data": {f"application-{index}.yaml": "level: info\n" * 20 for index in range(8)},
    }
)
_DECODER = Decoder(Pod, "pods")
_EAGER = Decoder(Pod, "pods", "eager")
_read_all = field_walker(lambda kind: tuple(getattr(kind, "model_fields", ())))
_read_all_of_dict = field_walker(lambda _: ())


def _read_pod(pod: Pod) -> None:
    spec = pod.spec
    require_present(
        pod.metadata.name,
        spec and spec.node_name,
        spec and spec.containers[0].image,
        pod.status and pod.status.phase,
    )


def _decode_limit() -> int:
    read_dict(from_json(_POD))
    return 1


def _decode() -> int:
    _read_pod(_DECODER.item(_POD))
    return 1


def _decode_once() -> int:
    require_present(Pod.model_validate_json(_POD).spec)
    return 1


def _decode_names() -> int:
    metadata = _DECODER.item(_POD).metadata
    require_present(metadata.name, metadata.labels)
    return 1


def _decode_config_map() -> Work:
    decoder = Decoder(ConfigMap, "configmaps")

    def work() -> int:
        require_present(decoder.item(_CONFIG_MAP).data)
        return 1

    return work


def _decode_config_map_limit() -> int:
    require_present(from_json(_CONFIG_MAP)["data"])
    return 1


def _dump() -> Work:
    pod = _DECODER.item(_POD)
    _read_pod(pod)

    def work() -> int:
        require_present(pod.to_json())
        return 1

    return work


def _dump_limit() -> Work:
    pod = from_json(_POD)

    def work() -> int:
        require_present(to_json(pod))
        return 1

    return work


def _list(read: Callable[[Pod], None], decoder: Decoder[Pod] = _DECODER) -> Work:
    body = documents.pod_list(0, OBJECTS)

    def work() -> int:
        listed = decoder.list(body)
        for item in listed:
            read(item)
        return len(listed)

    return work


def _list_limit(read: Callable[[Any], None] = read_dict) -> Work:
    body = documents.pod_list(0, OBJECTS)

    def work() -> int:
        items = from_json(body)["items"]
        for item in items:
            read(item)
        return len(items)

    return work


def _read_names(pod: Pod) -> None:
    require_present(pod.metadata.name, pod.metadata.labels)


def _watch(read: Callable[[Pod], None], decoder: Decoder[Pod] = _DECODER) -> Work:
    lines = [line.rstrip() for line in documents.events(OBJECTS, metadata_only=False)]

    def work() -> int:
        for line in lines:
            event = decoder.event(line, path="")
            require_present(event.type)
            read(event.object)
        return len(lines)

    return work


def _watch_limit(read: Callable[[Any], None] = read_dict) -> Work:
    lines = [line.rstrip() for line in documents.events(OBJECTS, metadata_only=False)]

    def work() -> int:
        for line in lines:
            event: dict[str, Any] = from_json(line)
            require_present(event["type"])
            read(event["object"])
        return len(lines)

    return work


CASES: dict[str, tuple[int, dict[str, Callable[[], Work]]]] = {
    "decode": (3000, {"limit": lambda: _decode_limit, "kubex": lambda: _decode}),
    "decode-once": (3000, {"kubex": lambda: _decode_once}),
    "decode-names": (3000, {"kubex": lambda: _decode_names}),
    "config-map": (5000, {"limit": lambda: _decode_config_map_limit, "kubex": _decode_config_map}),
    "dump": (3000, {"limit": _dump_limit, "kubex": _dump}),
    "list": (6, {"limit": _list_limit, "kubex": lambda: _list(_read_pod)}),
    "list-full": (6, {"limit": lambda: _list_limit(_read_all_of_dict), "kubex": lambda: _list(_read_all, _EAGER)}),
    "list-names": (10, {"kubex": lambda: _list(_read_names)}),
    "watch": (6, {"limit": _watch_limit, "kubex": lambda: _watch(_read_pod)}),
    "watch-full": (6, {"limit": lambda: _watch_limit(_read_all_of_dict), "kubex": lambda: _watch(_read_all, _EAGER)}),
    "watch-names": (10, {"kubex": lambda: _watch(_read_names)}),
}
"""How often a sample repeats each case, and a factory of the work for each subject."""


def measure(case: str, subject: str, count: int) -> tuple[int, float]:
    """Warm up, then measure a case; return the number of objects and the CPU seconds."""
    work = CASES[case][1][subject]()
    for _ in range(max(1, count // 10)):
        work()
    gc.collect()
    start = time.process_time()
    units = sum(work() for _ in range(count))
    return units, time.process_time() - start


def main(case: str, subject: str, count: str) -> None:
    """Take one sample."""
    units, cpu = measure(case, subject, int(count))
    print(json.dumps({"units": units, "cpu": cpu}))


if __name__ == "__main__":
    main(*sys.argv[1:])
