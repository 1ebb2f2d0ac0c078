"""Objects of all kinds in protobuf: the responses equal those for the same objects in JSON."""

import json
from typing import Any

import pytest

from kubex_testing._objects.json_types import is_array, is_object
from kubex_testing.embedded import EmbeddedServer
from support.go_objects import Sample, read_samples, run_program
from support.protobuf_messages import MEDIA_TYPE
from testing.comparison.kinds import Kind, kinds

Case = tuple[Kind, dict[str, Any], Sample]
BUILTIN = [kind for kind in kinds() if not kind.is_custom]
# They differ in each response.
VOLATILE = {
    *("uid", "controller-uid", "batch.kubernetes.io/controller-uid", "creationTimestamp", "time"),
    *("clusterIP", "clusterIPs", "nodePort", "healthCheckNodePort"),
}


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """Return a valid object of each kind, encoded by Go."""
    objects = [(kind, kind.new_body("example") | {"metadata": {"name": kind.name or "example"}}) for kind in BUILTIN]
    text = run_program("encode", lines=[json.dumps(body) for _, body in objects])
    samples = list(read_samples(text))
    assert len(samples) == len(objects)
    return [(kind, body, sample) for (kind, body), sample in zip(objects, samples, strict=True)]


def without_volatile_fields(value: Any) -> Any:
    """Return a document without the fields that differ in each response."""
    if is_object(value):
        return {key: without_volatile_fields(item) for key, item in value.items() if key not in VOLATILE}
    return [without_volatile_fields(item) for item in value] if is_array(value) else value


def test_responses_for_protobuf_and_json_are_equal(cases: list[Case], make_client: Any) -> None:
    with EmbeddedServer(controllers=()) as handle:
        client = make_client(handle, create=False)
        client.namespace = "default"
        for kind, body, sample in cases:
            path = f"/{kind.api}/{'namespaces/default/' * kind.namespaced}{kind.plural}?dryRun=All"
            as_json = client.request("POST", path, body)
            as_protobuf = client.request("POST", path, sample.protobuf, content_type=MEDIA_TYPE)
            assert as_protobuf.status == as_json.status, (body, as_json.body, as_protobuf.body)
            found, expected = without_volatile_fields(as_protobuf.document), without_volatile_fields(as_json.document)
            assert found == expected, body
