"""Read manifests: from text to objects as JSON."""

from pathlib import Path
from typing import Any, cast

from kubex.manifests._document import Document
from kubex.manifests._files import find_files, read_file
from kubex.manifests._text import Place, read_text


def load(source: str | bytes | Path, *, recursive: bool = False) -> list[Document]:
    """Read the objects of manifests in YAML or JSON, by the rules of kubectl.

    Lists are replaced by their items. Empty documents are skipped. Files are read synchronously.

    Args:
        source: the text, or the path of a file or of a folder, as a `Path`. Of a folder, all files with the suffixes
            `.yaml`, `.yml` and `.json` are read, sorted by name. A text or a file has at most 64 MiB.
        recursive: also read the files in the subfolders of a folder.

    Raises:
        ManifestError: a file cannot be read, or the text is not valid YAML or JSON, repeats a key in a mapping, exceeds
            a limit, or contains something other than Kubernetes objects. The error names the file, the document and
            the line.

    Example:
        documents = load("{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}}")
        assert documents[0].kind == "ConfigMap"

    See https://kubernetes.io/docs/concepts/overview/working-with-objects/#describing-a-kubernetes-object.
    """
    if not isinstance(source, Path):
        return _read(source, None)
    files = find_files(source, recursive=recursive)
    return [document for file in files for document in _read(read_file(file), str(file))]


def _read(content: str | bytes, source: str | None) -> list[Document]:
    documents: list[Document] = []
    for value, place in read_text(content, source):
        documents += [Document(each, source, place.number, place.line) for each in _objects(value, place, "")]
    return documents


def _objects(value: object, place: Place, path: str) -> list[dict[str, Any]]:
    """Return an object in a list, or the items of a List. Null contains no object."""
    if value is None and not path:
        return []
    if not isinstance(value, dict):
        problem = f"{path or 'the document'} is {_type_name(value)}, not a Kubernetes object"
        raise place.error(problem + _remedy(value, place))
    fields = cast("dict[str, Any]", value)
    _check_object(fields, place, path)
    kind: str = fields["kind"]
    if kind == "List" or (kind.endswith("List") and "items" in fields):
        return _items(fields, place, path)
    return [fields]


def _items(fields: dict[str, Any], place: Place, path: str) -> list[dict[str, Any]]:
    items = fields.get("items")
    if not isinstance(items, list | None):
        raise place.error(f"{path}{'.' if path else ''}items must be a list, not {_type_name(items)}")
    item_kind = fields["kind"].removesuffix("List")
    item_type = {"apiVersion": fields["apiVersion"], "kind": item_kind} if item_kind else {}
    objects: list[dict[str, Any]] = []
    for index, item in enumerate(cast("list[object]", items or [])):
        # The items of a typed list can omit their type.
        value = {**item_type, **cast("dict[str, Any]", item)} if isinstance(item, dict) else item
        objects += _objects(value, place, f"{path}{'.' if path else ''}items[{index}]")
    return objects


def _check_object(fields: dict[str, Any], place: Place, path: str) -> None:
    prefix = f"{path}." if path else ""
    for field in ("apiVersion", "kind"):
        value = fields.get(field)
        if not value:
            raise place.error(f"{prefix}{field} is missing; each object requires apiVersion and kind")
        if not isinstance(value, str):
            raise place.error(f"{prefix}{field} must be text, not {_type_name(value)}; add quotes")
    metadata = fields.get("metadata")
    if not isinstance(metadata, dict | None):
        raise place.error(f"{prefix}metadata must be a mapping, not {_type_name(metadata)}")
    for field in ("name", "namespace"):
        value = cast("dict[str, Any]", metadata or {}).get(field)
        if not isinstance(value, str | None):
            raise place.error(f"{prefix}metadata.{field} must be text, not {_type_name(value)}; add quotes")


def _type_name(value: object) -> str:
    if value is None:
        return "null"
    names: dict[type, str] = {str: "text", bool: "a boolean", list: "a list", dict: "a mapping"}
    return names.get(type(value), "a number")


def _remedy(value: object, place: Place) -> str:
    """Return a remedy if the text is the name of a file."""
    if place.source is not None or not isinstance(value, str) or "\n" in value:
        return ""
    is_path = value.lower().endswith((".yaml", ".yml", ".json")) or ("/" in value and " " not in value)
    return f"; to read a file, pass Path({value!r})" if is_path and len(value) < 1000 else ""
