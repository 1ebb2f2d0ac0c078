"""Steps that send the four kinds of patches."""

from typing import Any

from testing.comparison.builder import Builder
from testing.comparison.kinds import Kind
from testing.comparison.steps import Body, Edit, apply_edit, split_path

MEDIA = {
    "json": "application/json-patch+json",
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "apply": "application/apply-patch+yaml",
}
MERGE_KEYS = ("name", "containerPort", "port", "mountPath", "ip", "uid", "key", "type")


def patch(builder: Builder) -> None:
    """PATCH an object with a random patch type."""
    kind = builder.kind()
    send_patch(builder, kind, builder.existing(kind), "", builder.edits(kind, 0.2))


def send_patch(builder: Builder, kind: Kind, name: str, subresource: str, edits: list[Edit]) -> None:
    """PATCH an object or a subresource with edits."""
    style = builder.pick((3, "json"), (4, "merge"), (0.7 if kind.is_custom else 4, "strategic"), (4, "apply"))
    edits = [*edits, *builder.metadata_edits(0.35 if not subresource else 0.1)]
    query = builder.write_query(kind)
    if style == "json":
        body = Body(_json_patch(builder, kind, name, edits))
    elif style == "apply":
        body = _apply_body(builder, kind, name, edits)
        if builder.chance(0.9):
            query.setdefault("fieldManager", builder.pick((3, "m1"), (2, "m2")))
        if builder.chance(0.35):
            query["force"] = builder.pick((5, "true"), (1, "false"))
    else:
        body = Body(_merge_document(builder, kind, edits, strategic=style == "strategic"))
        if builder.chance(0.02):
            query["force"] = "true"
    if builder.chance(0.03):
        body = builder.pick(
            (1, Body(text="{")), (1, Body(text="[]")), (1, Body(text="null")), (1, Body(text="")), (1, Body(text='"x"'))
        )
    media = (
        MEDIA[style] if builder.chance(0.97) else builder.pick((1, "application/json"), (1, None), (1, "text/plain"))
    )
    suffix = f"/{subresource}" if subresource else ""
    step = builder.add(
        f"patch-{style} {kind.plural}{suffix}",
        "PATCH",
        f"{builder.collection(kind)}/{name}{suffix}",
        query,
        body=body,
        content_type=media,
        accept=builder.accept(),
    )
    if not subresource:
        builder.remember(kind, name, step)


def _apply_body(builder: Builder, kind: Kind, name: str, edits: list[Edit]) -> Body:
    document = kind.new_body(builder.namespace)
    if builder.chance(0.4) and kind.tier != "other":
        document = {key: document[key] for key in ("apiVersion", "kind")}
    document["metadata"] = {"name": name}
    if not kind.namespaced:
        document["metadata"]["labels"] = builder.labels(kind)
    for edit in edits:
        document = apply_edit(document, edit)
    return Body(document, yaml=builder.chance(0.5))


def _merge_document(builder: Builder, kind: Kind, edits: list[Edit], *, strategic: bool) -> dict[str, Any]:
    document: dict[str, Any] = {}
    body = kind.new_body(builder.namespace)
    for edit in edits:
        value = None if edit.remove else edit.value
        document = _merge(document, _nested(split_path(edit.path), value, body, strategic=strategic))
    if builder.chance(0.15):
        document = _merge(
            document, {"metadata": {"labels": builder.pick((1, {"app": "c"}), (1, {"app": None}), (0.3, None))}}
        )
    base = builder.base(kind, builder.existing(kind), old=builder.chance(0.3))
    if base is not None and builder.chance(0.1):
        document = _merge(document, {"metadata": {"resourceVersion": f"${{{base}:metadata.resourceVersion}}"}})
    if strategic and builder.chance(0.08):
        directive: dict[str, Any] = builder.pick(
            (1, {"metadata": {"labels": {"$patch": "replace", "n": "1"}}}),
            (1, {"metadata": {"finalizers": None}}),
            (1, {"spec": {"$patch": "delete"}}),
            (1, {"metadata": {"$deleteFromPrimitiveList/finalizers": ["example.com/hold"]}}),
            (1, {"$patch": "wrong"}),
        )
        document = _merge(document, directive)
    return document


def _nested(path: list[str], value: Any, body: Any, *, strategic: bool) -> Any:
    """Return a patch document for one field. In a strategic merge patch, an element of a list has its merge key."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(body, list):
        element = body[int(key)] if int(key) < len(body) else {}
        inner = _nested(rest, value, element, strategic=strategic)
        if not isinstance(element, dict) or not isinstance(inner, dict):
            return [inner]
        keys = {name: element[name] for name in MERGE_KEYS if name in element} if strategic else element
        return [{**keys, **inner}]
    child = body.get(key) if isinstance(body, dict) else None
    return {key: _nested(rest, value, child, strategic=strategic)}


def _merge(left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    result = dict(left)
    for key, value in right.items():
        old = result.get(key)
        result[key] = _merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result


def _json_patch(builder: Builder, kind: Kind, name: str, edits: list[Edit]) -> list[dict[str, Any]]:
    operations: list[dict[str, Any]] = []
    for edit in edits:
        pointer = "/" + "/".join(part.replace("/", "~1") for part in split_path(edit.path))
        if edit.remove:
            operations.append({"op": "remove", "path": pointer})
        else:
            operations.append({"op": builder.pick((3, "add"), (2, "replace")), "path": pointer, "value": edit.value})
    base = builder.base(kind, name, old=builder.chance(0.3))
    if base is not None and builder.chance(0.15):
        value = f"${{{base}:metadata.resourceVersion}}"
        operations.insert(
            0, {"op": builder.pick((2, "test"), (1, "replace")), "path": "/metadata/resourceVersion", "value": value}
        )
    if builder.chance(0.25):
        operations.append(
            builder.pick(
                (3, {"op": "add", "path": "/metadata/labels/extra", "value": "y"}),
                (1, {"op": "test", "path": "/metadata/name", "value": name}),
                (1, {"op": "test", "path": "/metadata/name", "value": "other"}),
                (1, {"op": "remove", "path": "/metadata/finalizers"}),
                (1, {"op": "remove", "path": "/no/such/path"}),
                (1, {"op": "copy", "from": "/metadata/name", "path": "/metadata/labels/copied"}),
                (1, {"op": "move", "from": "/metadata/labels/app", "path": "/metadata/labels/moved"}),
                (0.5, {"op": "wrong", "path": "/metadata/name"}),
                (0.5, {"path": "/metadata/name"}),
                (0.5, {"op": "replace", "path": "/metadata/name", "value": "other"}),
                (0.5, {"op": "add", "path": "metadata", "value": 1}),
            )
        )
    return operations
