"""Decode objects in protobuf: committed objects that Go has encoded, and messages that no client sends."""

import struct
import tracemalloc
from typing import Any

import pytest

from kubex_testing._objects.json_types import json_equal
from kubex_testing._objects.protobuf import ProtobufError, decode_message, message_name, read_envelope
from support.damaged_protobuf import decode, decode_damaged
from support.go_objects import Sample, committed_samples, without_nulls
from support.protobuf_messages import MAGIC, envelope, field, object_meta, string_map, varint

SCHEMA = "apiextensions.v1.JSONSchemaProps"


@pytest.mark.parametrize("sample", committed_samples(), ids=lambda sample: sample.json["kind"])
def test_objects_that_go_has_encoded_equal_its_json(sample: Sample) -> None:
    assert json_equal(without_nulls(decode(sample.protobuf)), without_nulls(sample.json))


def config_map(raw: bytes) -> Any:
    return decode_message("core.v1.ConfigMap", raw)


def test_envelope_is_read() -> None:
    found = read_envelope(envelope("ConfigMap", "v1", b"raw"))
    assert (found.kind, found.api_version, bytes(found.raw)) == ("ConfigMap", "v1", b"raw")
    bare = read_envelope(MAGIC + field(2, ""))
    assert (bare.kind, bare.api_version, bytes(bare.raw)) == ("", "", b"")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "empty data"),
        (b"hello", r"does not appear to be a protobuf message, expected prefix \[107 56 115 0\]"),
        (MAGIC, "empty body"),
        (MAGIC + b"\x0a\x05", "unexpected EOF"),
        (MAGIC + field(1, 5), "proto: wrong wireType = 0 for field TypeMeta"),
        (MAGIC + field(1, field(2, 5)), "proto: wrong wireType = 0 for field Kind"),
    ],
)
def test_invalid_envelope_is_an_error(body: bytes, message: str) -> None:
    with pytest.raises(ProtobufError, match=message):
        read_envelope(body)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (object_meta("name")[:-1], "unexpected EOF"),
        (b"\x0a", "unexpected EOF"),
        (b"\xff" * 11, "proto: integer overflow"),
        (varint(2**32 << 3 | 2), r"proto: ConfigMap: illegal tag 4294967296 \(wire type 34359738370\)"),
        (b"\x02\x00", r"proto: ConfigMap: illegal tag 0 \(wire type 2\)"),
        (b"\x7e", "proto: illegal wireType 6"),
        (field(1, 5), "proto: wrong wireType = 0 for field ObjectMeta"),
        (field(1, field(5, 5)), "proto: wrong wireType = 0 for field UID"),
        (field(2, 5), "proto: wrong wireType = 0 for field Data"),
        (field(2, field(2, 5)), "proto: wrong wireType = 0 for field value"),
        (field(1, field(17, field(7, field(1, "{")))), "json: error calling MarshalJSON"),
    ],
)
def test_invalid_message_is_an_error(raw: bytes, message: str) -> None:
    with pytest.raises(ProtobufError, match=message):
        config_map(raw)


def test_unknown_fields_are_skipped() -> None:
    unknown = field(90, 1) + field(91, "text") + bytes([92 << 3 & 0x7F | 0x81, 5]) + bytes(8) + b"\xed\x05" + bytes(4)
    assert config_map(unknown + string_map(a="1")) == {"data": {"a": "1"}}


def test_message_that_comes_twice_is_merged() -> None:
    twice = field(1, field(1, "first") + field(2, "base")) + field(1, field(1, "second") + field(14, "f"))
    assert config_map(twice)["metadata"] == {"name": "second", "generateName": "base", "finalizers": ["f"]}
    inline = field(1, "v") + field(2, field(2, b"")) + field(2, field(1, field(1, "/x")))
    assert decode_message("core.v1.Volume", inline) == {"name": "v", "emptyDir": {}, "hostPath": {"path": "/x"}}


def test_zero_values_are_omitted_as_in_go() -> None:
    meta = field(1, "a") + field(2, "") + field(3, "") + field(7, 0)
    assert config_map(field(1, meta)) == {"metadata": {"name": "a"}}
    spec = field(1, 0) + field(5, 0) + field(7, 0)  # replicas is a pointer, the other fields are values
    assert decode_message("apps.v1.DeploymentSpec", spec) == {"replicas": 0}


def test_map_entry_without_value_is_empty() -> None:
    assert config_map(field(2, field(1, "k")) + field(3, field(2, b"\x00"))) == {
        "data": {"k": ""},
        "binaryData": {"": "AA=="},
    }


def test_each_invalid_utf8_byte_becomes_a_replacement_character() -> None:
    assert config_map(field(2, field(1, "k") + field(2, b"a\xe2\x82b\xff")))["data"] == {"k": "a\ufffd\ufffdb\ufffd"}


def test_integers_are_signed_and_lists_of_them_can_be_packed() -> None:
    assert decode_message("apps.v1.DeploymentSpec", field(1, -1)) == {"replicas": -1}
    assert decode_message("apps.v1.DeploymentSpec", field(1, 2**32 + 7)) == {"replicas": 7}
    groups = field(4, 1) + field(4, varint(2) + varint(2**64 - 3)) + field(4, 4)
    assert decode_message("core.v1.PodSecurityContext", groups) == {"supplementalGroups": [1, 2, -3, 4]}
    with pytest.raises(ProtobufError, match="unexpected EOF"):
        decode_message("core.v1.PodSecurityContext", field(4, b"\x80"))


@pytest.mark.parametrize(
    ("encoded", "expected"),
    [
        (field(1, 0) + field(2, 8080) + field(3, "x"), 8080),
        (field(1, 1) + field(2, 5) + field(3, "web"), "web"),
        (b"", 0),
    ],
)
def test_int_or_string_has_the_type_of_its_first_field(encoded: bytes, expected: int | str) -> None:
    assert decode_message("core.v1.ServicePort", field(4, encoded)) == {"targetPort": expected}


def test_int_or_string_of_another_type_is_an_error() -> None:
    with pytest.raises(ProtobufError, match=r"impossible IntOrString\.Type"):
        decode_message("core.v1.ServicePort", field(4, field(1, 2)))


@pytest.mark.parametrize(
    ("encoded", "seconds", "micro"),
    [
        (b"", None, None),
        (field(1, 0), "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z"),
        (field(1, 60) + field(2, 1_999), "1970-01-01T00:01:00Z", "1970-01-01T00:01:00.000001Z"),
        (field(1, -1) + field(2, -1_999), "1969-12-31T23:59:59Z", "1969-12-31T23:59:58.999999Z"),
    ],
)
def test_times_are_decoded(encoded: bytes, seconds: str | None, micro: str | None) -> None:
    assert config_map(field(1, field(8, encoded)))["metadata"].get("creationTimestamp") == seconds
    assert decode_message("coordination.v1.LeaseSpec", field(3, encoded)).get("acquireTime") == micro


@pytest.mark.parametrize("seconds", [2**62, -(2**62), 253_402_300_800])
def test_time_that_rfc_3339_cannot_express_is_an_error(seconds: int) -> None:
    with pytest.raises(ProtobufError, match="year outside of range"):
        config_map(field(1, field(8, field(1, seconds))))


@pytest.mark.parametrize(
    ("number", "encoded", "expected"),
    [
        (30, field(1, 1), True),
        (30, field(1, 0), False),
        (30, b"", False),
        (30, field(1, 1) + field(2, field(5, "string")), {"type": "string"}),
        (24, field(1, field(5, "string")), {"type": "string"}),
        (24, field(2, field(5, "string")) + field(2, b""), [{"type": "string"}, {}]),
        (8, field(1, "1"), 1),
        (8, field(1, '{"a": [null]}'), {"a": [None]}),
    ],
)
def test_json_shows_only_the_alternative_that_is_set(number: int, encoded: bytes, expected: Any) -> None:
    assert list(decode_message(SCHEMA, field(number, encoded)).values()) == [expected]


@pytest.mark.parametrize(("number", "expected"), [(1.0, 1), (2.5, 2.5), (1e300, 1e300)])
def test_doubles_are_decoded(number: float, expected: float) -> None:
    assert decode_message(SCHEMA, b"\x49" + struct.pack("<d", number)) == {"maximum": expected}
    with pytest.raises(ProtobufError, match="json: unsupported value: nan"):
        decode_message(SCHEMA, b"\x49" + struct.pack("<d", float("nan")))


def test_nesting_is_limited() -> None:
    def nested(depth: int) -> bytes:
        raw = b""
        for _ in range(depth):
            raw = field(28, raw)  # not
        return raw

    assert decode_message(SCHEMA, nested(100))["not"]["not"]
    with pytest.raises(ProtobufError, match="exceeded max depth"):
        decode_message(SCHEMA, nested(101))


def test_delete_options_have_the_version_of_any_group() -> None:
    assert {message_name(each, "DeleteOptions") for each in ("v1", "apps/v1", "ex.io/v1")} == {"meta.v1.DeleteOptions"}
    assert message_name("v1", "Nope") is None
    assert message_name("policy/v1beta1", "Eviction") == "policy.v1.Eviction"


def test_damaged_bodies_raise_only_protobuf_errors() -> None:
    results = decode_damaged(3_000, seed=2)
    assert results.total() == 3_000
    assert min(results["error"], results["decoded"]) > 100


def test_memory_is_proportional_to_the_body() -> None:
    size = 32 * 1024
    deep = field(2, "x" * size)
    for _ in range(99):
        deep = field(28, deep)
    bodies = {"deep": deep, "empty messages": field(26, b"") * (size // 3), "unknown": field(90, 1) * (size // 4)}
    for name, raw in bodies.items():
        tracemalloc.start()
        decode_message(SCHEMA, raw)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 50 * size, f"{name}: {peak / size:.1f} times the size of the body"
