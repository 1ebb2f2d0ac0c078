"""Steps that delete objects and collections."""

from typing import Any

from testing.comparison.builder import Builder
from testing.comparison.steps import Body


def delete(builder: Builder) -> None:
    """DELETE an object."""
    kind = builder.kind()
    name = builder.existing(kind)
    options, query = _options(builder, builder.base(kind, name, old=builder.chance(0.2)))
    if kind.dry_run:
        query, options = {"dryRun": "All"}, None
    body = None if options is None else builder.pick((12, Body(options)), (0.4, Body(text="{")), (0.3, Body(text="")))
    media = builder.pick((12, "application/json"), (1, None), (0.5, "text/plain"))
    builder.add(
        f"delete {kind.plural}",
        "DELETE",
        f"{builder.collection(kind)}/{name}",
        query,
        body=body,
        content_type=media,
        accept=builder.accept(),
    )


def delete_collection(builder: Builder) -> None:
    """DELETE a collection, or the selected objects."""
    kind = builder.kind()
    query: dict[str, str] = {}
    selectors = [] if kind.namespaced else [f"sequence={builder.namespace}"]
    if builder.chance(0.4):
        selectors.append(builder.pick((2, "app=a"), (1, "app=b"), (1, "app notin (a)")))
    if selectors:
        query["labelSelector"] = ",".join(selectors)
    if builder.chance(0.1) and (kind.namespaced or kind.is_custom):
        query["limit"] = "1"
    if builder.chance(0.1) or kind.dry_run:
        query["dryRun"] = "All"
    if builder.chance(0.1):
        query["fieldSelector"] = f"metadata.name={builder.name(kind)}"
    body = (
        Body({"propagationPolicy": builder.pick((2, "Background"), (1, "Foreground"), (1, "Orphan"))})
        if builder.chance(0.2)
        else None
    )
    if kind.dry_run:
        body = None
    builder.add(
        f"deletecollection {kind.plural}", "DELETE", builder.collection(kind), query, body=body, accept=builder.accept()
    )


def _options(builder: Builder, base: int | None) -> tuple[dict[str, Any] | None, dict[str, str]]:
    """Return delete options as a body, or as a query."""
    options: dict[str, Any] = {}
    if builder.chance(0.3):
        options["propagationPolicy"] = builder.pick((3, "Background"), (2, "Foreground"), (2, "Orphan"), (0.5, "Wrong"))
    if builder.chance(0.2):
        options["gracePeriodSeconds"] = builder.pick((3, 0), (2, 5), (0.5, -1))
    if builder.chance(0.06):
        options["orphanDependents"] = builder.pick((1, True), (1, False))
    if builder.chance(0.1):
        options["dryRun"] = builder.pick((6, ["All"]), (1, ["Some"]))
    if builder.chance(0.3):
        return None, {
            key: value[0] if isinstance(value, list) else str(value).lower() if isinstance(value, bool) else str(value)
            for key, value in options.items()
        }
    if base is not None and builder.chance(0.2):
        options["preconditions"] = builder.pick(
            (3, {"uid": f"${{{base}:metadata.uid}}"}),
            (3, {"resourceVersion": f"${{{base}:metadata.resourceVersion}}"}),
            (1, {"uid": "44444444-4444-4444-4444-444444444444"}),
            (1, {"resourceVersion": "1"}),
        )
    if builder.chance(0.05):
        options["unknown"] = 1
    if options and builder.chance(0.4):
        options = {"kind": "DeleteOptions", "apiVersion": "v1", **options}
    return (options or None), {}
