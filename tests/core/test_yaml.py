"""YAML documents: repeated keys, further documents, tags and limits."""

import pytest
import yaml

from kubex.core.yaml import RepeatedKey, YAMLContentError, YAMLLimits, read_yaml, read_yaml_documents

LIMITS = YAMLLimits(depth=4, nodes=12, expanded=40)


@pytest.mark.parametrize(
    ("content", "value", "repeated"),
    [
        (b"", None, []),
        ("a: é", {"a": "é"}, []),
        ("a: 1\na: 2", {"a": 2}, ["a"]),
        ("a: {b: [0, {c: 1, c: 2}]}", {"a": {"b": [0, {"c": 2}]}}, ["a.b[1].c"]),
        ("- a: 1\n  a: {b: 1, b: 2}", [{"a": {"b": 2}}], ["[0].a", "[0].a.b"]),
        ("a: &x {b: 1}\nc: {<<: *x, b: 2}", {"a": {"b": 1}, "c": {"b": 2}}, []),
        ("~: 1\n'': 2", {"null": 1, "": 2}, []),
        ("a: !!int '5'\nb: !!float 5", {"a": 5, "b": 5}, []),
    ],
)
def test_documents_and_repeated_keys_are_read(content: bytes | str, value: object, repeated: list[str]) -> None:
    document = read_yaml(content, LIMITS)
    assert (document.value, [key.path for key in document.repeated_keys]) == (value, repeated)


def test_several_documents_raise_unless_they_are_allowed() -> None:
    with pytest.raises(YAMLContentError, match="several documents"):
        read_yaml("a: 1\n---\nb: 2", LIMITS)
    assert read_yaml("a: 1\n---\n[", LIMITS, several_documents=True).value == {"a": 1}


def test_the_limits_apply_to_each_document_of_a_stream() -> None:
    documents = list(
        read_yaml_documents("---\na: &x [1, 2, 3]\n---\n# empty\n---\n- 4\n- 5\n...\n---\na: 1\na: 2\n", LIMITS)
    )
    assert [document.value for document in documents] == [{"a": [1, 2, 3]}, None, [4, 5], {"a": 2}]
    assert [document.line for document in documents] == [2, 5, 6, 10]
    assert documents[-1].repeated_keys == [RepeatedKey("a", 10, 11)]
    assert list(read_yaml_documents("", LIMITS)) == []
    with pytest.raises(YAMLContentError, match="unknown anchor"):
        list(read_yaml_documents("a: &x 1\n---\nb: *x", LIMITS))


@pytest.mark.parametrize(
    ("content", "allowed", "message"),
    [
        ("[[[[[]]]]]", "[[[[]]]]", "nested more than 4 levels deep"),
        ("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]", "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]", "more than 12 values"),
        ("a: &a 123456789\nb: [*a, *a, *a]", "a: &a 123456789\nb: [*a]", "aliases make it too large"),
        ("a: !!int five", "a: !!int 5", "a tag does not fit its value"),
        ("a: !!bool 1", "a: !!bool on", "a tag does not fit its value"),
        ("a: !other 5", "a: !!str 5", "a tag that is not supported"),
    ],
)
def test_content_above_the_limits_raises(content: str, allowed: str, message: str) -> None:
    read_yaml(allowed, LIMITS)
    with pytest.raises(YAMLContentError, match=message):
        read_yaml(content, LIMITS)


def test_invalid_syntax_raises_an_error_of_pyyaml() -> None:
    with pytest.raises(yaml.YAMLError):
        read_yaml("a: [", LIMITS)
