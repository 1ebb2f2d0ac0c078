"""Damaged and hostile manifests raise a ManifestError, which does not contain secrets."""

import pytest

from kubex.errors import ManifestError
from kubex.manifests import load
from support.damaged_manifests import read_damaged

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 10)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
# Each anchor is twenty levels deeper than the one before.
DEEP = "a0: &a0 [x]\n" + "".join(
    f"a{number}: &a{number} {'[' * 20}*a{number - 1}{']' * 20}\n" for number in range(1, 20)
)
OBJECT = "apiVersion: v1\nkind: A\n"


def test_damaged_manifests_raise_only_manifest_errors() -> None:
    results = read_damaged(3000, seed=7)
    assert results["read"] > 100
    assert results["error"] > 1000


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (OBJECT + BOMB, "more than 5000000 values|excessive aliasing"),
        (OBJECT + DEEP, "nested more than 250 levels deep"),
        (OBJECT + "a: " + "[" * 251 + "]" * 251, "nested more than 250 levels deep"),
        ("[" * 1_000_000, "nested more than 250 levels deep"),
        ("- " * 100_000, "nested more than 250 levels deep"),
        ("{a: " * 100_000, "nested more than 250 levels deep"),
        ('{"a": ' * 300 + "1" + "}" * 300, "nested more than 250 levels deep"),
        ('{"a": ' * 100_000, "nested more than 250 levels deep"),
        (OBJECT + "a: &a [*a]", "a value that contains itself"),
        ("{" * 100_000, "nested more than 250 levels deep|a key of a mapping must be a scalar"),
        (OBJECT + "a: " + "x" * (64 << 20), "is larger than 64 MiB; split it"),
    ],
    ids=[
        "aliases",
        "depth of aliases",
        "depth",
        "lists",
        "items",
        "mappings",
        "json",
        "open json",
        "cycle",
        "keys",
        "size",
    ],
)
def test_hostile_manifest_raises(text: str, message: str) -> None:
    with pytest.raises(ManifestError, match=message):
        load(text)


def test_values_of_aliases_are_copies() -> None:
    (document,) = load(OBJECT + "a: &a {labels: {x: old}}\nb: *a\nc: {<<: *a}")
    document.value["a"]["labels"]["x"] = "new"
    assert document.value["b"] == document.value["c"] == {"labels": {"x": "old"}}


@pytest.mark.parametrize(
    "text",
    [
        "hunter2",
        "hunter2/hunter2 hunter2",
        "stringData: {password: hunter2",
        "stringData:\n  password: 'hunter2",
        "stringData:\n  password: hunter2\n password: hunter2",
        "stringData:\n  password: \"hunter2\\q\"",
        "stringData:\n  password: @hunter2",
        "stringData:\n  password: !hunter2 x",
        "stringData:\n  password: *hunter2",
        "stringData: {password: hunter2, password: hunter2}",
        "stringData: {password: hunter2\x00}",
        "- hunter2",
        '{"stringData": {"password": "hunter2',
        '{"stringData": {"password": "hunter2", "password": "hunter2"}}',
        '{"stringData": {"password": "hunter2\\ud800"}}',
    ],
)  # fmt: skip
def test_errors_do_not_contain_values(text: str) -> None:
    for prefix in ("", OBJECT if not text.startswith(("-", "{")) else ""):
        with pytest.raises(ManifestError) as caught:
            load(prefix + text)
        assert "hunter2" not in f"{caught.value!r} {caught.value.__cause__!r}"
        with pytest.raises(ManifestError) as caught:
            load((prefix + text).encode("utf-8", "replace") + b"\xff")
        assert "hunter2" not in f"{caught.value!r} {caught.value.__cause__!r}"
