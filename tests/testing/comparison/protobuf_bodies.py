"""Send some bodies of a sequence as protobuf, as most clients in Go do."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from kubex_testing._objects.json_types import is_object
from kubex_testing._objects.schema import UnknownKindError, builtin_schema
from kubex_testing._objects.unmarshal_types import UnmarshalTypeError, check_types
from support.protobuf_messages import MEDIA_TYPE
from testing.comparison.steps import JSON, Body, Step, apply_edit

SHARE = 0.2
"""The part of the objects and of the delete options that are sent as protobuf."""
_OPTIONS = {"kind": "DeleteOptions", "apiVersion": "v1"}


def with_protobuf(steps: Sequence[Step], random: Random) -> Iterator[Step]:
    """Yield the steps, of which some have a body in protobuf. The other parts of the steps stay the same."""
    for step in steps:
        # Each step needs its number, so that a change of one step does not change the others.
        chosen = random.random() < SHARE
        if not chosen or step.body is None or step.content_type != JSON or step.method == "PATCH":
            yield step
            continue
        body = step.body
        if step.method == "DELETE" and is_object(body.document):
            body = replace(body, document={**_OPTIONS, **body.document})
        yield replace(step, body=replace(body, protobuf=True), content_type=MEDIA_TYPE) if _fits(body) else step


def _fits(body: Body) -> bool:
    """Return whether all values of a body have the types of a built-in kind, so that Go can encode it."""
    document = body.document
    for edit in body.edits:
        document = apply_edit(document, edit)
    if body.text is not None or body.yaml or not is_object(document):
        return False
    group, _, version = str(document.get("apiVersion")).rpartition("/")
    try:
        check_types(builtin_schema(group, version, str(document.get("kind"))), document)
    except (UnknownKindError, UnmarshalTypeError):
        return False
    return True
