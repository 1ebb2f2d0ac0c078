"""`load()` reads what kubectl reads. Each test compares it with `kubectl create --dry-run=client`."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from kubex.errors import ManifestError
from kubex.manifests import dump, load
from kubex_testing.embedded import EmbeddedServer
from support.kubectl import Kubectl, require_kubectl

from .test_load import JSON_A, JSON_B, A, B

SCALARS = [
    *("y", "n", "Yes", "off", "TRUE", "null", "~", "", "12:30:45", "2026-01-02", "2026-01-02T03:04:05Z", "="),
    *("0o777", "0777", "0x1F", "0b11", "1_000", "08", "1e3", "12e03", "80.0", "1.0e2", "-0.0", "1.5", "1e-7", "1e21"),
    *(
        "10000000000000000000000",
        "9223372036854775807",
        "9007199254740993.0",
        "1e400",
        "<<",
        "'5'",
        '"a\\tb"',
        "!!str 5",
    ),
    *("1.2.3", "v1", "+1", ".5", "5.", "0.10", "1_0.5", "0o8", "-0x10", "a: [1, {b: 2}]", "- 80.0\n    - 1e3"),
]


@pytest.fixture(scope="module")
def kubectl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kubectl]:
    """Return kubectl for an embedded server; it needs the kinds of a server."""
    program = require_kubectl()
    with EmbeddedServer() as handle:
        kubeconfig = handle.write_kubeconfig(tmp_path_factory.mktemp("kubectl") / "kubeconfig")
        yield Kubectl(program, kubeconfig, "default")


def read_by_kubectl(kubectl: Kubectl, text: str | bytes) -> list[dict[str, Any]]:
    """Return the objects that kubectl reads, without the namespace that it adds."""
    stdin = text if isinstance(text, bytes) else text.encode()
    output = kubectl.output("create", "--dry-run=client", "--validate=false", "-o", "json", "-f", "-", stdin=stdin)
    objects: list[dict[str, Any]] = []
    rest = output.decode().strip()
    while rest:  # the objects follow each other
        item, end = json.JSONDecoder().raw_decode(rest)
        del item["metadata"]["namespace"]
        objects.append(item)
        rest = rest[end:].strip()
    return objects


@pytest.mark.covers("pyyaml-89")
def test_scalars_are_read_like_by_kubectl(kubectl: Kubectl) -> None:
    documents = [
        f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a{number}}}\ndata:\n  value:\n    {scalar}\n"
        for number, scalar in enumerate(SCALARS)
    ]
    text = "---\n".join(documents)
    ours = [document.value for document in load(text)]
    theirs = read_by_kubectl(kubectl, text)
    assert list(zip(SCALARS, ours, strict=True)) == list(zip(SCALARS, theirs, strict=True))
    # Equality does not distinguish 80.0 from 80, but JSON does. Only integers above 64 bits differ.
    exact = [json.dumps(item["data"]) for item in ours if "10000000000000000000000" not in str(item)]
    assert set(exact) <= {json.dumps(item["data"]) for item in theirs}
    assert read_by_kubectl(kubectl, dump(ours)) == theirs


@pytest.mark.parametrize(
    "text",
    [
        f"--- # first\n{A}---  \n{B}---\n# end",
        f"{A}...\n---\n{B}",
        f"\ufeff{A}---\n\ufeff{B}".replace("\n", "\r\n"),
        f"{A}---\n{B}".encode("utf-16"),
        f"\ufeff {JSON_A}\n{JSON_B}",
        f"{JSON_A}\n---\n{B}",
        f"{JSON_A[:-1]}, # comment\n}}\n---\n{B}",
        "apiVersion: v1\nkind: ConfigMapList\nitems:\n- metadata: {name: a}\n- metadata: {name: b}",
        f"{A}data: {{1: a, true: b, 1.5: c, 2001-01-01: d, <<: {{e: f}}}}",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: &m {name: a}\ndata:\n  b: *m\n  c: |\n    d\n    ---\n    e\n",
    ],
)
def test_documents_are_read_like_by_kubectl(kubectl: Kubectl, text: str | bytes) -> None:
    assert [document.value for document in load(text)] == read_by_kubectl(kubectl, text)


@pytest.mark.parametrize(
    "text",
    [
        f"{A}----\n{B}",
        f"{A}data: {{a: .inf}}",
        f"{A}---\nhello",
        f"[{JSON_A}]",
        "kind: 5\napiVersion: v1",
        f"{A}---\n{{}}",
        f"{A}data: {{b: *a}}",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: a",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 5}",
        f"{A}data: \x01",
    ],
)
def test_text_that_kubectl_rejects_raises(kubectl: Kubectl, text: str) -> None:
    assert kubectl.run("create", "--dry-run=client", "--validate=false", "-f", "-", stdin=text.encode()).returncode
    with pytest.raises(ManifestError):
        load(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"{A}kind: Pod", "the key kind is repeated"),
        (f"{A}data: {{1: a, '1': b}}", "the key data.1 is repeated"),
        (f"{A}...\nnot YAML: [", "is not valid YAML"),
        (f"{A}---\n{JSON_A}\n{JSON_B}", "is not valid YAML"),
        ("kind: ConfigMap\nmetadata: {name: a}", "apiVersion is missing"),
        (f"{A}data: !vault x", "a tag that is not supported"),
        (f"{A}data: {{a: é}}".encode("latin-1"), "is not text in UTF-8"),
        (JSON_A.replace('"a"', '"\\ud800"'), "one half of a surrogate pair"),
    ],
)
def test_text_of_which_kubectl_would_lose_a_part_raises(kubectl: Kubectl, text: str | bytes, reason: str) -> None:
    assert read_by_kubectl(kubectl, text)
    with pytest.raises(ManifestError, match=reason):
        load(text)
