"""Which classes have large JSON."""

from collections.abc import Mapping

from kubex_codegen._structs import Struct

# A class with so many fields, those of the classes below it included, is decoded field by field. With 40 these are
# the specs of workloads, pods, containers and the like, whose JSON has about a kilobyte or more.
_LARGE = 40


def large(structs: Mapping[str, Struct]) -> frozenset[str]:
    """Return the schemas of the classes whose JSON may be large."""
    return frozenset(schema for schema in structs if _fields_below(schema, structs) >= _LARGE)


def _fields_below(schema: str, structs: Mapping[str, Struct]) -> int:
    seen, waiting, count = {schema}, [schema], 0
    while waiting:
        struct = structs[waiting.pop()]
        count += len(struct.fields)
        new = struct.uses - seen
        seen |= new
        waiting += new
    return count
