"""`kubex.manifests.load()`: documents, lists, files and places."""

import json
from pathlib import Path

import pytest

from kubex.errors import ManifestError
from kubex.manifests import Document, load


def config_map(name: str, **fields: object) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, **fields})


def yaml_config_map(name: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n"


def names(source: str | bytes | Path, *, recursive: bool = False) -> list[str | None]:
    return [document.name for document in load(source, recursive=recursive)]


A, B, C = map(yaml_config_map, "abc")
JSON_A, JSON_B = map(config_map, "ab")


def test_documents_know_their_fields_and_their_place() -> None:
    first, second = load(f"# comment\n---\n\n{A}---\n# empty\n---\n{B}  namespace: test\n")
    assert (first.api_version, first.kind, first.name, first.namespace) == ("v1", "ConfigMap", "a", None)
    assert (first.source, first.number, first.line) == (None, 1, 4)
    assert second.value == {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "b", "namespace": "test"}}
    assert (second.namespace, second.number, second.line) == ("test", 3, 11)
    assert str(second) == "ConfigMap test/b (document 3, line 11)"


def test_repr_of_a_document_does_not_contain_its_value() -> None:
    document = Document({"apiVersion": "v1", "kind": "Secret", "stringData": {"password": "hunter2"}}, "a.yaml", 1, 2)
    assert "hunter2" not in repr(document) + str(document)
    assert str(document) == "Secret (a.yaml, document 1, line 2)"
    assert document.name is None
    assert str(Document(load(A)[0].value)) == "ConfigMap a"


@pytest.mark.parametrize(
    "text",
    [
        f"{A}---\n{B}",
        f"---\n{A}---  \n{B}---\n",
        f"--- # first\n{A}--- # second\n{B}",
        f"{A}...\n---\n{B}",
        f"%YAML 1.1\n---\n{A}...\n%YAML 1.1\n---\n{B}",
        f"---\n---\n# comment\n---\n{A}---\n\n---\nnull\n---\n~\n---\n{B}",
        f"\ufeff{A}---\n\ufeff{B}",
        f"{A}---\n{B}".replace("\n", "\r\n"),
        f"\ufeff{A}---\n\ufeff{B}".replace("\n", "\r\n"),
        f"{A}---\n{B}".replace("\n", "\r"),
        f"{A}---\n{B}".encode(),
        f"{A}---\n{B}".encode("utf-8-sig"),
        f"{A}---\n{B}".encode("utf-16"),
        JSON_A + JSON_B,
        f"\ufeff  {JSON_A}\n\n{JSON_B}\n",
        f"{JSON_A}\n---\n{JSON_B}\n",
        f"{JSON_A}\n---\n{B}",
        f"{A}---\n{JSON_B}",
        f"# comment\n{JSON_A}\n---\n{JSON_B}",
        f"{JSON_A[:-1]}, # comment\n}}\n---\n{B}",
    ],
)
def test_separators_encodings_and_json_are_read_like_by_kubectl(text: str | bytes) -> None:
    assert names(text) == ["a", "b"]


@pytest.mark.parametrize("text", ["", "\n", "# comment", "---\n---\n", "null", "apiVersion: v1\nkind: List\nitems: []"])
def test_text_without_objects_is_empty(text: str) -> None:
    assert load(text) == []


@pytest.mark.parametrize(
    "text",
    [
        f"apiVersion: v1\nkind: List\nitems:\n- {JSON_A}\n- {JSON_B}",
        f"apiVersion: v1\nkind: List\nitems:\n- {{apiVersion: v1, kind: List, items: [{JSON_A}]}}\n- {JSON_B}",
        f"apiVersion: v1\nkind: ConfigMapList\nitems:\n- {JSON_A}\n- {JSON_B}",
        "apiVersion: v1\nkind: ConfigMapList\nitems:\n- metadata: {name: a}\n- metadata: {name: b}",
    ],
)
def test_lists_are_replaced_by_their_items(text: str) -> None:
    documents = load(text)
    assert [(item.api_version, item.kind, item.name) for item in documents] == [
        ("v1", "ConfigMap", "a"),
        ("v1", "ConfigMap", "b"),
    ]
    assert {(item.number, item.line) for item in documents} == {(1, 1)}


def test_object_whose_kind_ends_with_list_is_an_object_if_it_has_no_items() -> None:
    (document,) = load("apiVersion: example.com/v1\nkind: AllowList\nmetadata: {name: a}\nspec: {items: [1]}")
    assert document.kind == "AllowList"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{A}---\nkind: Pod", "document 2, line 6: apiVersion is missing; each object requires apiVersion and kind"),
        ("apiVersion: v1\nkind: 5", "document 1, line 1: kind must be text, not a number; add quotes"),
        (A + "  namespace: 5", "document 1, line 1: metadata.namespace must be text, not a number; add quotes"),
        ("apiVersion: v1\nkind: A\nmetadata: x", "document 1, line 1: metadata must be a mapping, not text"),
        ("- 1", "document 1, line 1: the document is a list, not a Kubernetes object"),
        ("hello", "document 1, line 1: the document is text, not a Kubernetes object"),
        ("deploy.yaml", "not a Kubernetes object; to read a file, pass Path('deploy.yaml')"),
        ("config/base", "not a Kubernetes object; to read a file, pass Path('config/base')"),
        ("apiVersion: v1\nkind: List\nitems: {}", "document 1, line 1: items must be a list, not a mapping"),
        (
            f"apiVersion: v1\nkind: List\nitems:\n- {JSON_A}\n- null",
            "document 1, line 1: items[1] is null, not a Kubernetes object",
        ),
        (
            "apiVersion: v1\nkind: List\nitems: [{kind: List, apiVersion: v1, items: [{apiVersion: v1, kind: ''}]}]",
            "document 1, line 1: items[0].items[0].kind is missing; each object requires apiVersion and kind",
        ),
        (
            f"{JSON_A}\n\n{A}data: {{}}\nkind: Secret",
            "document 2, line 8: the key kind is repeated, first in line 4; remove one of them",
        ),
        (
            '{"a": {\n"b": 1,\n"b": 2}}',
            "document 1, line 3: the key a.b is repeated, first in line 2; remove one of them",
        ),
        (
            f"{A}---\na: [1",
            "document 2, line 7: is not valid YAML: did not find expected ',' or ']'",
        ),
        ("a: {{ .Values.a }}", "line 1: a key of a mapping must be a scalar; render templates first"),
        ("a: \x00", "document 1, line 1: is not valid YAML: control characters are not allowed"),
        (b"a: 1\nb: \xe9", "line 2: is not text in UTF-8; convert it"),
        ("\n\na: !vault x", "document 1, line 3: it has a tag that is not supported"),
        (f"{A}data: {{a: .inf}}", "line 1: JSON does not have infinite numbers and NaN; add quotes if it is text"),
        ('\n{"a": 1e999}', "document 1, line 2: a number is too large; add quotes if it is text"),
        (f'{{"a": {"9" * 400}}}', "document 1, line 1: a number is too large; add quotes if it is text"),
        (
            '{"a": "\\ud800"}',
            "document 1, line 1: it contains one half of a surrogate pair; write the complete character",
        ),
        ("\ud800", "line 1: it contains one half of a surrogate pair"),
    ],
)
def test_error_names_the_place_and_the_problem(text: str | bytes, message: str) -> None:
    with pytest.raises(ManifestError) as caught:
        load(text)
    assert message in str(caught.value)


def test_files_of_a_folder_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "2.yml").write_text(B)
    (tmp_path / "1.yaml").write_text(A)
    (tmp_path / "3.json").write_text(config_map("c"))
    (tmp_path / "0.txt").write_text("not YAML: [")
    (tmp_path / "15").mkdir()
    (tmp_path / "15" / "d.yaml").write_text(yaml_config_map("d"))
    (tmp_path / "4").symlink_to(tmp_path)
    assert names(tmp_path) == ["a", "b", "c"]
    assert names(tmp_path, recursive=True) == ["a", "d", "b", "c"]
    assert load(tmp_path / "2.yml")[0].source == str(tmp_path / "2.yml")


def test_error_of_a_file_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "web.yaml"
    with pytest.raises(ManifestError, match=r"web\.yaml: cannot be read: No such file or directory"):
        load(path)
    path.write_text(f"{A}---\nkind: [")
    with pytest.raises(ManifestError, match=r"web\.yaml, document 2, line 7: is not valid YAML") as caught:
        load(path)
    assert (caught.value.source, caught.value.document, caught.value.line) == (str(path), 2, 7)
    path.write_text("other.yaml")
    with pytest.raises(ManifestError, match=r"the document is text, not a Kubernetes object$"):
        load(path)


def test_folder_without_manifests_raises(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.yaml").write_text(A)
    with pytest.raises(
        ManifestError, match=r"contains no files with the suffixes .json, .yaml, .yml; pass recursive=True"
    ):
        load(tmp_path)
    assert names(tmp_path, recursive=True) == ["a"]
