"""Lazy objects that several threads read at the same time, and in processes that `fork()` creates."""

import json
import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from kubex.api._decode import Decoder
from kubex.models import LazyModel, Model, NamespacedResource
from kubex.models._lazy.raw_fields import RawFields
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod

from .lazy_helpers import lazy_object

THREADS = 8
CONTAINERS = [
    {"name": f"c{number}", "image": "i" * 300, "env": [{"name": f"E{number}", "value": "v"}], "unheardOf": [1]}
    for number in range(6)
]
BODY = json.dumps(
    {
        "metadata": {"name": "w", "labels": {"a": "b"}},
        "spec": {"containers": CONTAINERS, "nodeName": "n", "unheardOf": {"deep": [1]}},
        "status": {"phase": "Running", "message": "m" * 300},
        "unheardOf": {"deep": [1]},
    }
).encode()


@pytest.fixture(autouse=True)
def _switch_threads_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def run_in_threads(*functions: Callable[[], Any]) -> list[Any]:
    """Call each function in a separate thread at the same time, and return the results."""
    start = threading.Barrier(len(functions))

    def run(function: Callable[[], Any]) -> Any:
        start.wait()
        return function()

    with ThreadPoolExecutor(len(functions)) as pool:
        return list(pool.map(run, functions))


READERS: dict[str, Callable[[Any], Any]] = {
    "spec": lambda pod: pod.spec,
    "status": lambda pod: pod.status,
    "containers": lambda pod: pod.spec.containers,
    "a container": lambda pod: pod.spec.containers[5],
    "a list of a container": lambda pod: pod.spec.containers[0].env,
    "labels": lambda pod: pod.metadata.labels,
    "the fields set": lambda pod: pod.model_fields_set,
    "the fields set of the spec": lambda pod: pod.spec.model_fields_set,
    "the extras": lambda pod: pod.model_extra,
    "the extras of the spec": lambda pod: pod.spec.model_extra,
    "an undeclared field": lambda pod: pod.unheardOf,
    "the instance dict": vars,
    "the instance dict of the spec": lambda pod: vars(pod.spec),
}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS.keys())
def test_threads_that_read_a_field_get_the_same_object(read: Callable[[Any], Any]) -> None:
    for _ in range(40):
        pod = lazy_object(Pod, BODY)
        results = run_in_threads(*[lambda pod=pod: read(pod)] * THREADS)
        assert all(value is results[0] for value in results)
        assert read(pod) is results[0]


@pytest.mark.parametrize("read", READERS.values(), ids=READERS.keys())
def test_reads_and_dumps_at_the_same_time_return_the_same_values(read: Callable[[Any], Any]) -> None:
    expected = Pod.model_validate_json(BODY).to_json()
    for _ in range(20):
        pod = lazy_object(Pod, BODY)
        results = run_in_threads(*[lambda pod=pod: read(pod), lambda pod=pod: pod.to_json()] * (THREADS // 2))
        assert all(value is results[0] for value in results[::2])
        assert all(value == expected for value in results[1::2])
        assert read(pod) is results[0]


def test_assignment_is_not_lost_while_another_thread_dumps_the_object() -> None:
    for number in range(200):
        pod = lazy_object(Pod, BODY)
        assert pod.status is not None  # now the fields are not in the order of the class

        def assign(pod: Pod = pod, number: int = number) -> None:
            pod.kind = f"kind {number}"
            pod.api_version = f"version {number}"

        run_in_threads(assign, pod.to_json, pod.to_json, pod.to_dict)
        assert (pod.kind, pod.api_version) == (f"kind {number}", f"version {number}")
        assert {"kind", "api_version"} <= pod.model_fields_set


def test_assignment_while_the_instance_dict_is_replaced_is_not_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pod = lazy_object(Pod, BODY)
    complete = RawFields.store_complete

    def assign_meanwhile(self: RawFields, fields: dict[str, Any]) -> dict[str, Any]:
        if "metadata" in fields:
            pod.kind = "assigned meanwhile"  # like another thread, after this one has copied the fields
        return complete(self, fields)

    monkeypatch.setattr(RawFields, "store_complete", assign_meanwhile)
    assert pod.to_dict()["kind"] == "assigned meanwhile"
    assert pod.kind == "assigned meanwhile"


def test_threads_that_read_a_list_item_get_the_same_object() -> None:
    items = [{"metadata": {"name": f"n{number}"}, "data": {"a": "b"}} for number in range(20)]
    body = json.dumps({"items": items}).encode()
    for _ in range(10):
        found = Decoder(ConfigMap, "ConfigMap").list(body)
        results = run_in_threads(*[lambda found=found: list(found)] * THREADS)
        assert all(
            [item is first for item, first in zip(each, results[0], strict=True)] == [True] * 20 for each in results
        )


def test_threads_can_decode_the_first_object_of_a_class_at_the_same_time() -> None:
    for _ in range(30):

        class Inner(Model):
            text: str

        class Spec(LazyModel):
            inner: Inner
            many: list[Inner]

        class Thing(NamespacedResource):
            spec: Spec

        body = json.dumps(
            {"metadata": {"name": "t"}, "spec": {"inner": {"text": "x" * 400}, "many": [{"text": "y"}]}}
        ).encode()
        results = run_in_threads(*[lambda kind=Thing, body=body: lazy_object(kind, body).spec.inner.text] * THREADS)
        assert results == ["x" * 400] * THREADS


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork.*:DeprecationWarning")
def test_child_of_a_fork_can_decode_while_a_thread_of_its_parent_decodes() -> None:
    ended = threading.Event()

    def read() -> None:
        while not ended.is_set():
            for container in lazy_object(Pod, BODY).spec.containers:  # type: ignore[union-attr]  # the pod has a spec
                _ = container.env

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    try:
        for _ in range(15):
            read_end, write_end = os.pipe()
            child = os.fork()
            if child == 0:
                pod = lazy_object(Pod, BODY)
                os._exit(0 if pod.spec is not None and pod.spec.containers[0].name == "c0" else 1)
            os.close(write_end)
            assert _exit_code(child, read_end) == 0
            os.close(read_end)
    finally:
        ended.set()
        thread.join()


def _exit_code(child: int, read_end: int) -> int:
    """Wait until a child ends, and return its exit code; kill it if it hangs.

    The child has the last write end of the pipe, so the read end becomes readable when it ends.
    """
    readable, _, _ = select.select([read_end], [], [], 20)
    if not readable:
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
