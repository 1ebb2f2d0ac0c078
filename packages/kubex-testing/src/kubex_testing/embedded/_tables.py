"""Tables for kubectl: the columns of each resource, and one row for each object."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from . import _errors as errors
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
) -> bytes:
    """Encode objects as a Table. Only the first event of a watch has column definitions."""
    columns = columns_for(resource)
    head = dumps(
        {
            "kind": "Table",
            "apiVersion": f"meta.k8s.io/{version}",
            "metadata": metadata,
            "columnDefinitions": [column.definition() for column in columns] if with_definitions else None,
        }
    )
    rows = b",".join(_row(resource, columns, item, version, include) for item in items)
    return head[:-1] + b',"rows":[' + rows + b"]}"


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


<<<<<<< HEAD
NAME = Column("Name", read_path("metadata", "name"), format="name", description="Name of the object.")
AGE = Column("Age", format_age, "date", description="Time since the object was created.")
_COMMON_CELLS: dict[str, Cell] = {
    "Name": NAME.cell,
    "Age": AGE.cell,
    "Created At": read_path("metadata", "creationTimestamp"),
=======
def read_path(*path: str, default: Any = None) -> Callable[[Mapping[str, Any]], Any]:
    """Return a function that reads a cell from a path in the object."""

    def read(document: Mapping[str, Any]) -> Any:
        value: Any = document
        for key in path:
            value = value.get(key) if is_object(value) else None
        return default if value is None else value

    return read


def format_age(document: Mapping[str, Any]) -> str:
    """Return the age of an object in the short format of kubectl."""
    created = document["metadata"].get("creationTimestamp")
    if not created:
        return "<unknown>"
    since = datetime.fromisoformat(created.replace("Z", "+00:00"))
    seconds = int((datetime.now(timezone.utc) - since).total_seconds())
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        # As in kubectl, use a unit only from two of it, so that 90 seconds are shown as 90s.
        if seconds >= 2 * size:
            return f"{seconds // size}{unit}"
    return f"{max(seconds, 0)}s"


NAME = Column("Name", read_path("metadata", "name", default=""), format="name", description="Name of the object.")
AGE = Column("Age", format_age, description="Time since the object was created.")
CREATED = Column("Created At", read_path("metadata", "creationTimestamp"), "date", description="When it was created.")


def _data_size(document: Mapping[str, Any]) -> int:
    return len(document.get("data") or {}) + len(document.get("binaryData") or {})


def _ready_containers(document: Mapping[str, Any]) -> str:
    statuses = read_path("status", "containerStatuses", default=[])(document)
    total = len(read_path("spec", "containers", default=[])(document))
    return f"{sum(1 for status in statuses if status.get('ready'))}/{total}"


def _restarts(document: Mapping[str, Any]) -> str:
    statuses = read_path("status", "containerStatuses", default=[])(document)
    return str(sum(status.get("restartCount", 0) for status in statuses))


def _pod_status(document: Mapping[str, Any]) -> str:
    if document["metadata"].get("deletionTimestamp"):
        return "Terminating"
    return str(read_path("status", "phase", default="")(document))


def _ports(document: Mapping[str, Any]) -> str:
    ports = read_path("spec", "ports", default=[])(document)
    return ",".join(f"{port.get('port')}/{port.get('protocol', 'TCP')}" for port in ports) or "<none>"


def _deployment_ready(document: Mapping[str, Any]) -> str:
    ready = read_path("status", "readyReplicas", default=0)(document)
    return f"{ready}/{read_path('spec', 'replicas', default=0)(document)}"


def _containers(key: str) -> Callable[[Mapping[str, Any]], str]:
    containers = read_path("spec", "template", "spec", "containers", default=())
    return lambda document: ",".join(str(item.get(key)) for item in containers(document))


def _labels(*path: str) -> Callable[[Mapping[str, Any]], str]:
    labels = read_path(*path, default={})
    return lambda document: ",".join(f"{key}={value}" for key, value in sorted(labels(document).items())) or "<none>"


_COLUMNS: dict[str, tuple[Column, ...]] = {
    "configmaps.": (NAME, Column("Data", _data_size), AGE),
    "secrets.": (NAME, Column("Type", read_path("type", default="")), Column("Data", _data_size), AGE),
    "namespaces.": (NAME, Column("Status", read_path("status", "phase", default="")), AGE),
    "pods.": (
        NAME,
        Column("Ready", _ready_containers),
        Column("Status", _pod_status),
        Column("Restarts", _restarts),
        AGE,
        Column("IP", read_path("status", "podIP", default="<none>"), priority=1),
        Column("Node", read_path("spec", "nodeName", default="<none>"), priority=1),
        Column("Nominated Node", read_path("status", "nominatedNodeName", default="<none>"), priority=1),
        Column("Readiness Gates", lambda _: "<none>", priority=1),
    ),
    "services.": (
        NAME,
        Column("Type", read_path("spec", "type", default="")),
        Column("Cluster-IP", read_path("spec", "clusterIP", default="<none>")),
        Column("External-IP", lambda _: "<none>"),
        Column("Port(s)", _ports),
        AGE,
        Column("Selector", _labels("spec", "selector"), priority=1),
    ),
    "deployments.apps": (
        NAME,
        Column("Ready", _deployment_ready),
        Column("Up-to-date", read_path("status", "updatedReplicas", default=0)),
        Column("Available", read_path("status", "availableReplicas", default=0)),
        AGE,
        Column("Containers", _containers("name"), priority=1),
        Column("Images", _containers("image"), priority=1),
        Column("Selector", _labels("spec", "selector", "matchLabels"), priority=1),
    ),
    "leases.coordination.k8s.io": (NAME, Column("Holder", read_path("spec", "holderIdentity", default="")), AGE),
    "customresourcedefinitions.apiextensions.k8s.io": (NAME, CREATED),
>>>>>>> 1b66676d (Follow the order of checks of kube-apiserver in resizes, and the columns of watched tables)
}
_DEFINITION_DEFAULTS = {"type": "string", "format": "", "priority": 0}


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
        return format_age
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
