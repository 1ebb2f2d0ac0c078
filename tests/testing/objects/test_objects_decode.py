"""Decoding of JSON and YAML bodies."""

from typing import Any

import pytest

from kubex_testing._objects.strict_decode import DecodeError, decode_strict


@pytest.mark.parametrize(
    ("body", "value", "doubled"),
    [
        (b'{"a":1}', {"a": 1}, []),
        (b" [1, null, true] \n", [1, None, True], []),
        (b'{"apiVersion":"v1","data":{"a":"1","a":"2"}}', {"apiVersion": "v1", "data": {"a": "2"}}, ["data.a"]),
        (b'{"a":[{"b":1,"b":2}],"a":[{"b":3,"b":4}]}', {"a": [{"b": 4}]}, ["a[0].b", "a"]),
        (
            b'{"m":{"n":1,"n":2},"m":{"n":3},"x":[[{"y":{"z":0,"z":1}}]]}',
            {"m": {"n": 3}, "x": [[{"y": {"z": 1}}]]},
            ["m.n", "m", "x[0][0].y.z"],
        ),
        ('{"a":"é"}'.encode(), {"a": "é"}, []),
        (b'{"a":"\xff"}', {"a": "\ufffd"}, []),
        (rb'{"a":"\ud800"}', {"a": "\ufffd"}, []),
        (rb'{"a":"\ud83d\ude00"}', {"a": "\U0001f600"}, []),
    ],
)
def test_json_is_decoded_and_duplicate_keys_are_reported(body: bytes, value: Any, doubled: list[str]) -> None:
    assert decode_strict(body) == (value, doubled)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "unexpected end of JSON input"),
        (b"{bad", "invalid character 'b' looking for beginning of object key string"),
        (b"[{", "unexpected end of JSON input"),
        (b'{"a":"x', "unexpected end of JSON input"),
        (b'{"a":1,}', "invalid character '}' looking for beginning of object key string"),
        (b"[1,]", "invalid character ']' looking for beginning of value"),
        (b'{"a" 1}', "invalid character '1' after object key"),
        (b'{"a":1 "b":2}', "invalid character '\"' after object key:value pair"),
        (b'{"a":1} x', "invalid character 'x' after top-level value"),
        (b'{"a":NaN}', "invalid character 'N' looking for beginning of value"),
        (b'{"a":"\n"}', "invalid character '\\n' in string literal"),
        (b"x", "invalid character 'x' looking for beginning of value"),
    ],
)
def test_json_errors_use_the_messages_of_go(body: bytes, message: str) -> None:
    with pytest.raises(DecodeError) as caught:
        decode_strict(body)
    assert str(caught.value) == message


@pytest.mark.parametrize("yaml", [False, True])
def test_too_deep_nesting_is_rejected(yaml: bool) -> None:
    with pytest.raises(DecodeError):
        decode_strict(b"[" * 200_000, yaml=yaml)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("y", True),
        ("yes", True),
        ("on", True),
        ("n", False),
        ("Off", False),
        ("'y'", "y"),
        ("~", None),
        ("", None),
        ("1", 1),
        ("-1_000", -1000),
        ("0777", 511),
        ("0o17", 15),
        ("0x1F", 31),
        ("0b11", 3),
        ("089", 89),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000),
        ("1:30", "1:30"),
        ("2001-01-01", "2001-01-01"),
        ("2001-01-01T00:00:00Z", "2001-01-01T00:00:00Z"),
        ("!!str 1", "1"),
        ("!!int '5'", 5),
        ('"1"', "1"),
        ("v1", "v1"),
        ("[a, 1]", ["a", 1]),
        ("{a: b}", {"a": "b"}),
        ("|\n  x\n", "x\n"),
    ],
)
def test_yaml_scalars_are_decoded_as_kube_apiserver_does(text: str, value: Any) -> None:
    assert decode_strict(f"k: {text}".encode(), yaml=True) == ({"k": value}, [])


@pytest.mark.parametrize(
    ("body", "value", "doubled"),
    [
        ("y: 1\n5: 2\n~: 3", {"true": 1, "5": 2, "null": 3}, []),
        ("data:\n  a: 1\n  a: 2", {"data": {"a": 2}}, ["data.a"]),
        ("x: &a {b: 1}\ny: {<<: *a, c: 2}\nz: {<<: [*a, {b: 2, d: 3}], b: 9}", {
            "x": {"b": 1}, "true": {"b": 1, "c": 2}, "z": {"b": 9, "d": 3}}, []),
        ('{"a": ["b"]}', {"a": ["b"]}, []),
        ("", None, []),
        ("---\na: b\n", {"a": "b"}, []),
        ("a: b\n---\nc: d", {"a": "b"}, []),
        ("a: &x [1]\nb: [*x, *x]", {"a": [1], "b": [[1], [1]]}, []),
    ],
)  # fmt: skip
def test_yaml_is_decoded_and_duplicate_keys_are_reported(body: str, value: Any, doubled: list[str]) -> None:
    assert decode_strict(body.encode(), yaml=True) == (value, doubled)


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ("a: [", "^yaml: (line 1: did not find expected node content$|expected the node content)"),
        ("a: b: c", "^yaml: (line 1: )?mapping values are not allowed"),
        ("a: \x01", "^yaml: "),
        ("a: &a [*a]", "contains itself"),
        ("a: *b", "unknown anchor"),
        ("a: {<<: b}", "map merge requires"),
        ("a: .inf", "unsupported value"),
        ("? [a]\n: b", "must be a scalar"),
        (
            "\n".join(["a0: &a0 [x, x]", *(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 30))]),
            "excessive aliasing",
        ),
    ],
)
def test_invalid_yaml_raises(body: str, part: str) -> None:
    with pytest.raises(DecodeError, match=part):
        decode_strict(body.encode(), yaml=True)
