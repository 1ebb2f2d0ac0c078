"""Steps that create and replace objects."""

from typing import Any

from testing.comparison.builder import Builder, content_type_of
from testing.comparison.steps import Body, Edit


def create(builder: Builder) -> None:
    """POST a random object."""
    kind = builder.kind()
    name = builder.name(kind)
    document = builder.body(kind, name)
    if builder.chance(0.06) and isinstance(document.get("metadata"), dict) and not kind.name:
        document["metadata"].pop("name", None)
        document["metadata"]["generateName"] = builder.pick((5, "gen-"), (1, "x" * 60), (0.5, "Bad_"))
    if builder.chance(0.04) and isinstance(document.get("metadata"), dict):
        document["metadata"]["resourceVersion"] = builder.pick((1, "1"), (1, "abc"), (1, "0"))
    body = builder.document_body(document)
    path, query = builder.collection(kind), builder.write_query(kind)
    if builder.chance(0.02):
        path = path.replace(f"/namespaces/{builder.namespace}/", "/namespaces/missing-namespace/")
    step = builder.add(
        f"create {kind.plural}",
        "POST",
        path,
        query,
        body=body,
        content_type=content_type_of(body),
        accept=builder.accept(),
    )
    builder.remember(kind, name, step)


def create_valid(builder: Builder) -> None:
    """POST a valid object without options."""
    kind = builder.kinds[0]
    name = builder.name(kind)
    query = {"dryRun": "All"} if kind.dry_run else {}
    document = builder.body(kind, name, invalid=0)
    body = builder.document_body(document)
    step = builder.add(
        f"create {kind.plural}", "POST", builder.collection(kind), query, body=body, content_type=content_type_of(body)
    )
    builder.remember(kind, name, step)


def update(builder: Builder) -> None:
    """PUT an object: an earlier response with edits, or a new body."""
    kind = builder.kind()
    name = builder.existing(kind)
    base = builder.base(kind, name, old=builder.chance(0.2))
    edits = (*builder.edits(kind, 0.2), *builder.metadata_edits(0.2), *_revision_edits(builder, 0.15))
    if base is None or builder.chance(0.2):
        body = Body(builder.body(kind, name))
    else:
        body = Body(builder.body(kind, name, invalid=0), base=base, edits=edits, yaml=builder.chance(0.05))
    path = f"{builder.collection(kind)}/{name}"
    step = builder.add(
        f"update {kind.plural}",
        "PUT",
        path,
        builder.write_query(kind),
        body=body,
        content_type=content_type_of(body),
        accept=builder.accept(),
    )
    builder.remember(kind, name, step)


def _revision_edits(builder: Builder, probability: float) -> tuple[Edit, ...]:
    if not builder.chance(probability):
        return ()
    value: Any = builder.pick((3, ""), (1, "0"), (1, "abc"), (1, "1"), (1, "99999999"))
    return (
        builder.pick(
            (3, Edit("metadata.resourceVersion", remove=True)),
            (3, Edit("metadata.resourceVersion", value)),
            (1, Edit("metadata.uid", "33333333-3333-3333-3333-333333333333")),
        ),
    )


def malformed(builder: Builder) -> None:
    """POST or PUT a body that is not an object, or has the wrong type."""
    kind = builder.kind()
    collection, name = builder.collection(kind), builder.existing(kind)
    method, path = builder.pick((3, ("POST", collection)), (1, ("PUT", f"{collection}/{name}")))
    valid = builder.body(kind, name, invalid=0)
    # Without its fields, an object of a kind that is not validated is only valid on the embedded server.
    empty = Body(text="null") if kind.tier != "other" else Body(text="[]")
    body = builder.pick(
        (2, Body(text="{")),
        (1, Body(text="[]")),
        (1, empty),
        (1, Body(text='"text"')),
        (2, Body(text="")),
        (1, Body(text="{} {}")),
        (1, Body(text='{"kind": 5}')),
        (1, Body(text='{"metadata": {"name": "a", "name": "b"}}') if kind.tier != "other" else Body(text="{")),
        (2, Body(valid)),
        (1, Body(text="a: [")),
    )
    media = builder.pick(
        (6, "application/json"),
        (1, "application/yaml"),
        (1, "text/plain"),
        (1, None),
        (1, "application/json; charset=utf-8"),
    )
    builder.add(
        f"malformed {kind.plural}",
        method,
        path,
        builder.write_query(kind),
        body=body,
        content_type=media,
        accept=builder.accept(),
    )
