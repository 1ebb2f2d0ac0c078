"""Tables for kubectl: the columns of each resource, and one row for each object."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from . import _errors as errors
from ._crd import CRD_BUCKET
from ._encode import dumps, object_bytes, partial_bytes
from ._printers import CELLS
from ._printers.formats import Cell, format_age, read_path
from ._registry import ResourceType
from ._store import StoredObject

IncludeObject = Literal["Metadata", "Object", "None"]
_INCLUDE_OBJECT: dict[str, IncludeObject] = {"": "Metadata", "Metadata": "Metadata", "Object": "Object", "None": "None"}


@dataclass(frozen=True)
class Column:
    """One column, with the function that returns the cell of an object."""

    name: str
    cell: Cell
    type: str = "string"
    format: str = ""
    priority: int = 0
    description: str = ""

    def definition(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "type": self.type,
            "format": self.format,
            "description": self.description,
            "priority": self.priority,
        }


def parse_include_object(query: Mapping[str, Sequence[str]]) -> IncludeObject:
    """Parse `includeObject`. Raises 400."""
    value = query.get("includeObject", [""])[0]
    include = _INCLUDE_OBJECT.get(value)
    if include is None:
        raise errors.bad_request(
            f"Unable to convert to Table as requested: includeObject: "
            f"Invalid value: \"{value}\": must be 'Metadata', 'Object', 'None', or empty"
        )
    return include


def table_bytes(
    resource: ResourceType,
    items: Sequence[StoredObject],
    metadata: Mapping[str, Any],
    version: str,
    include: IncludeObject,
    *,
    with_definitions: bool = True,
    columns: Sequence[Column] | None = None,
) -> bytes:
    """Encode objects as a Table. Only the first event of a watch has column definitions."""
    columns = columns or columns_for(resource)
    head = dumps(
        {
            "kind": "Table",
            "apiVersion": f"meta.k8s.io/{version}",
            "metadata": metadata,
            "columnDefinitions": [column.definition() for column in columns] if with_definitions else None,
        }
    )
    rows = b"[" + b",".join(_row(resource, columns, item, version, include) for item in items) + b"]"
    if not items and resource.bucket == CRD_BUCKET:
        rows = b"null"  # kube-apiserver uses another function for this kind
    return head[:-1] + b',"rows":' + rows + b"}"


def _row(
    resource: ResourceType, columns: Sequence[Column], item: StoredObject, version: str, include: IncludeObject
) -> bytes:
    cells = dumps([column.cell(item.object) for column in columns])
    if include == "None":
        encoded_object = b"null"
    elif include == "Object":
        encoded_object = object_bytes(resource, item)
    else:
        encoded_object = partial_bytes(item, version)
    return b'{"cells":' + cells + b',"object":' + encoded_object + b"}"


NAME = Column("Name", read_path("metadata", "name", default=""), format="name", description="Name of the object.")
AGE = Column("Age", format_age, "date", description="Time since the object was created.")
_COMMON_CELLS: dict[str, Cell] = {
    "Name": NAME.cell,
    "Age": AGE.cell,
    "Created At": read_path("metadata", "creationTimestamp"),
}
_DEFINITION_DEFAULTS = {"type": "string", "format": "", "priority": 0}


def scale_columns(*, custom: bool) -> tuple[Column, ...]:
    """Return the columns of the scale subresource of a custom resource or of a built-in kind."""
    desired = Column("Desired", read_path("spec", "replicas", default=0), "integer")
    available = Column("Available", read_path("status", "replicas", default=0), "integer")
    if custom:
        return (NAME, desired, available, AGE)
    return (Column("Name", NAME.cell), desired, available, Column("Age", AGE.cell))


def columns_for(resource: ResourceType) -> tuple[Column, ...]:
    """Return the columns of a resource. A custom resource has the columns of its definition."""
    if resource.custom is None:
        return _builtin_columns(resource.bucket)
    if not resource.custom.columns:
        return (NAME, AGE)
    custom = [
        Column(
            item["name"],
            _printer_cell(item),
            item.get("type", "string"),
            item.get("format", ""),
            item.get("priority", 0),
            item.get("description", ""),
        )
        for item in resource.custom.columns
    ]
    return (NAME, *custom)


def _printer_cell(item: Mapping[str, Any]) -> Cell:
    """Return a cell function for a printer column. Only simple JSON paths (`.spec.replicas`) are supported."""
    path = str(item.get("jsonPath", "")).lstrip(".").split(".")
    if path == ["metadata", "creationTimestamp"]:
        # The object of a bookmark has no times. Only the columns of built-in kinds show them as unknown.
        return lambda document: format_age(document) if document["metadata"].get("creationTimestamp") else None
    return read_path(*path)


@cache
def _builtin_columns(bucket: str) -> tuple[Column, ...]:
    """Return the columns of a built-in resource. The cells of columns without a function are empty."""
    definitions = _column_table().get(bucket)
    if definitions is None:
        return (NAME, AGE)
    cells = {**_COMMON_CELLS, **CELLS.get(bucket, {})}
    return tuple(Column(cell=cells.get(item["name"], _empty_cell), **item) for item in definitions)


def _empty_cell(_document: Mapping[str, Any]) -> str:
    return ""


@cache
def _column_table() -> dict[str, list[dict[str, Any]]]:
    table: dict[str, list[dict[str, Any]]] = json.loads(read_column_table())
    return table


def read_column_table() -> str:
    """Return the contents of `columns.json` in the package."""
    return resources.files("kubex_testing.embedded").joinpath("columns.json").read_text("utf-8")


def column_table(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the contents of `columns.json`, with one resource in each line. The keys are the buckets of the tables.

    It has the names, types, formats and priorities of the columns, without defaults. The descriptions of
    kube-apiserver are not copied.
    """
    lines = (f"{json.dumps(bucket)}:{json.dumps(_definitions(table))}" for bucket, table in sorted(tables.items()))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _definitions(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"name": item["name"], **{key: item[key] for key, value in _DEFINITION_DEFAULTS.items() if item[key] != value}}
        for item in table["columnDefinitions"]
    ]
