"""Read the objects that a server starts with: dictionaries, models, YAML text, and files."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from kubex_testing._objects.json_types import JsonObject, is_array, is_object


class SupportsToDict(Protocol):
    """A model of Kubex, or another object with the method `to_dict()`."""

    def to_dict(self) -> dict[str, Any]: ...


Manifest: TypeAlias = Mapping[str, Any] | SupportsToDict | Path | str
"""An object as a dictionary or a model, or a file or text in YAML or JSON with any number of objects."""
_SUFFIXES = (".yaml", ".yml", ".json")
_DEFINITION = "CustomResourceDefinition"


def read_manifests(manifests: "Iterable[Manifest] | Manifest") -> list[JsonObject]:
    """Return the objects of manifests, CustomResourceDefinitions first. Objects of kind `List` are split.

    Raises:
        ValueError: a file or text is not valid, or contains something other than objects.
        OSError: a file cannot be read.
    """
    one = isinstance(manifests, (Mapping, Path, str)) or hasattr(manifests, "to_dict")
    sources: Iterable[Any] = (manifests,) if one else manifests  # type: ignore[assignment]
    objects = [item for source in sources for item in _read(source)]
    return sorted(objects, key=lambda item: item.get("kind") != _DEFINITION)


def read_definitions(manifests: "Iterable[Manifest] | Manifest") -> list[JsonObject]:
    """Return the CustomResourceDefinitions of manifests. Raises ValueError for other kinds."""
    definitions = read_manifests(manifests)
    for item in definitions:
        if item["kind"] != _DEFINITION:
            raise ValueError(f"crds contains an object of the kind {item['kind']}; pass it in `objects`")
    return definitions


def _read(source: Manifest) -> Iterator[JsonObject]:
    if isinstance(source, Path):
        for path in _files(source):
            yield from _read_text(path.read_text(encoding="utf-8"), str(path))
    elif isinstance(source, str):
        yield from _read_text(source, "the text")
    else:
        yield from _split(dict(source) if isinstance(source, Mapping) else source.to_dict(), "the argument")


def _files(path: Path) -> list[Path]:
    """Return a file, or the YAML and JSON files in a folder."""
    if not path.is_dir():
        return [path]
    found = sorted(item for item in path.iterdir() if item.suffix in _SUFFIXES)
    if not found:
        raise ValueError(f"the folder {path} contains no files with the suffixes {', '.join(_SUFFIXES)}")
    return found


def _read_text(text: str, where: str) -> Iterator[JsonObject]:
    import yaml

    from kubex.core.yaml import YAMLContentError, YAMLLimits, read_yaml_documents

    try:
        for document in read_yaml_documents(text, YAMLLimits(depth=250, nodes=10_000_000, expanded=64 << 20)):
            yield from _split(document.value, where)
    except (yaml.YAMLError, YAMLContentError) as error:
        raise ValueError(f"{where} is not valid YAML: {' '.join(str(error).split())}") from error


def _split(document: Any, where: str) -> Iterator[JsonObject]:
    """Return one object, or the items of a list. Empty documents are ignored."""
    if document is None:
        return
    if not is_object(document) or not document.get("kind"):
        remedy = "; pass a file or a folder as a Path" if isinstance(document, str) else ""
        message = f"{where} must contain Kubernetes objects with apiVersion and kind, not {document!r:.80}{remedy}"
        raise ValueError(message)
    items = document.get("items")
    if is_array(items) and str(document["kind"]).endswith("List"):
        for item in items:
            yield from _split(item, where)
    else:
        yield document
