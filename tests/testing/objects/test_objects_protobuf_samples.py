"""Decode random objects that Go has filled and encoded, and damaged copies of them."""

import json
from collections import Counter

from kubex_testing._objects.json_types import json_equal
from kubex_testing._objects.protobuf import ProtobufError
from kubex_testing._objects.schema import builtin_schema, builtin_table
from kubex_testing._objects.unmarshal_types import UnmarshalTypeError, check_types
from support.damaged_protobuf import decode
from support.go_objects import (
    OBJECTS_FILE,
    Sample,
    committed_samples,
    read_samples,
    run_program,
    without_nulls,
    without_zeros,
)

COUNT, DAMAGED = 4, 3


def decode_and_check(sample: Sample) -> object:
    """Return the decoded object, or None for an error. Go checks some values, such as quantities, when it decodes."""
    try:
        document = decode(sample.protobuf)
        group, _, version = document["apiVersion"].rpartition("/")
        check_types(builtin_schema(group, version, document["kind"]), document)
    except (ProtobufError, UnmarshalTypeError):
        return None
    return document


def agrees(sample: Sample) -> bool:
    """Return whether a damaged body has the same result as in Go."""
    document = decode_and_check(sample)
    if document is None or sample.json is None:
        return document is None and sample.json is None
    return json_equal(without_zeros(document), without_zeros(sample.json))


def test_random_objects_of_all_kinds_equal_the_json_of_go() -> None:
    text = run_program("samples", str(COUNT), str(DAMAGED), "1", lines=builtin_table()["kinds"])
    samples = list(read_samples(text))
    assert len(samples) == len(builtin_table()["kinds"]) * COUNT * (1 + DAMAGED)
    for sample in samples[:: 1 + DAMAGED]:
        assert json_equal(without_nulls(decode_and_check(sample)), without_nulls(sample.json))
    # Go also skips groups in unknown fields, and does not check the wire types in the entries of maps.
    results = Counter(agrees(sample) for number, sample in enumerate(samples) if number % (1 + DAMAGED))
    assert results[False] <= results.total() // 200


def test_committed_objects_are_those_that_go_writes() -> None:
    lines = [json.dumps(sample.json, separators=(",", ":"), ensure_ascii=False) for sample in committed_samples()]
    assert run_program("encode", lines=lines) == OBJECTS_FILE.read_text(encoding="utf-8")
