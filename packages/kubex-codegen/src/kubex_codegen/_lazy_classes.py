"""Select the classes that are decoded lazily."""

from collections.abc import Mapping

from kubex_codegen._structs import Struct

# A class with this number of fields, including nested classes, is decoded lazily. With 40 these are the specs of
# workloads, pods and containers, for example, and their JSON is larger than about a kilobyte.
_MIN_LAZY_FIELDS = 40


def lazy_schemas(structs: Mapping[str, Struct]) -> frozenset[str]:
    """Return the schemas of the classes that may have large JSON."""
    return frozenset(schema for schema in structs if _fields_below(schema, structs) >= _MIN_LAZY_FIELDS)


def _fields_below(schema: str, structs: Mapping[str, Struct]) -> int:
    seen, pending, count = {schema}, [schema], 0
    while pending:
        struct = structs[pending.pop()]
        count += len(struct.fields)
        new = struct.uses - seen
        seen |= new
        pending += new
    return count
