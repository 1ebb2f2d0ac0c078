"""Field ownership: `metadata.managedFields` of plain writes."""

from kubex_testing._objects.json_types import JsonObject

from ._cluster import Call
from ._options import WriteOptions


def stamp_update(call: Call, new: JsonObject, old: JsonObject | None, options: WriteOptions) -> None:
    """Record in `new` which fields the manager of this write has set."""
