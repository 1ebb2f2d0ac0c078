"""Steps that read objects, lists and watches."""

from testing.comparison.builder import Builder
from testing.comparison.kinds import Kind


def get(builder: Builder) -> None:
    """GET an object."""
    kind = builder.kind()
    name = builder.existing(kind)
    query: dict[str, str] = {}
    base = builder.base(kind, name, old=True)
    if builder.chance(0.15):
        query["resourceVersion"] = builder.pick((2, "0"), (1, "abc"), (2, _revision(base)))
    if builder.chance(0.03):
        query["pretty"] = builder.pick((1, "true"), (1, "1"), (1, "no"))
    if builder.chance(0.04):
        query["includeObject"] = builder.pick((1, "None"), (1, "Object"), (1, "Wrong"))
    step = builder.add(
        f"get {kind.plural}", "GET", f"{builder.collection(kind)}/{name}", query, accept=builder.accept()
    )
    builder.remember(kind, name, step)


def list_objects(builder: Builder) -> None:
    """GET a collection, complete or in pages."""
    kind = builder.kind()
    query = _selectors(builder, kind)
    revision = _revision(builder.base(kind, builder.existing(kind), old=True))
    # Lists of some kinds contain objects of the server, so that pages differ.
    if builder.chance(0.3) and (kind.namespaced or kind.is_custom):
        query["limit"] = builder.pick((6, "1"), (2, "2"), (1, "500"), (0.5, "-1"), (0.5, "x"))
    if builder.chance(0.25):
        query["resourceVersion"] = builder.pick((3, "0"), (4, revision), (0.5, "abc"), (0.5, "-1"))
    if builder.chance(0.2):
        query["resourceVersionMatch"] = builder.pick((3, "Exact"), (3, "NotOlderThan"), (0.5, "Wrong"))
    if builder.chance(0.02):
        query["sendInitialEvents"] = "true"
    if builder.chance(0.02):
        query["continue"] = builder.pick((1, "garbage"), (1, "e30"))
    if builder.chance(0.04):
        query["includeObject"] = builder.pick((1, "None"), (1, "Object"), (1, "Wrong"))
    path = _collection(builder, kind)
    step = builder.add(f"list {kind.plural}", "GET", path, query, accept=builder.accept())
    if "limit" in query and builder.chance(0.8):
        _next_page(builder, kind, path, query, step.number)


def _next_page(builder: Builder, kind: Kind, path: str, query: dict[str, str], number: int) -> None:
    keep = ("limit", "labelSelector", "fieldSelector")
    next_query = {key: query[key] for key in keep if key in query}
    next_query["continue"] = f"${{{number}:metadata.continue}}"
    if builder.chance(0.1):
        next_query["resourceVersion"] = "0"
    builder.add(f"list {kind.plural}", "GET", path, next_query, accept=builder.accept())


def watch(builder: Builder) -> None:
    """Watch a collection from an earlier version, or while the next steps run."""
    kind = builder.kind()
    query = {"watch": builder.pick((6, "true"), (3, "1")), **_selectors(builder, kind)}
    revision = _revision(builder.base(kind, builder.existing(kind), old=True))
    if builder.chance(0.7):
        query["resourceVersion"] = builder.pick((10, revision), (3, "0"), (0.5, "abc"))
    if builder.chance(0.35):
        query["allowWatchBookmarks"] = builder.pick((6, "true"), (1, "wrong"))
    if builder.chance(0.25):
        query["sendInitialEvents"] = builder.pick((5, "true"), (1, "false"))
        if builder.chance(0.85):
            query["resourceVersionMatch"] = "NotOlderThan"
    elif builder.chance(0.05):
        query["resourceVersionMatch"] = builder.pick((1, "NotOlderThan"), (1, "Exact"))
    live = builder.chance(0.4)
    # The server ends the watch. A live watch needs time for the requests of the later steps.
    query["timeoutSeconds"] = "3" if live else "1"
    builder.add(
        f"watch {kind.plural}",
        "GET",
        _collection(builder, kind),
        query,
        accept=builder.accept(),
        is_watch=True,
        live=live,
    )


def _collection(builder: Builder, kind: Kind) -> str:
    return builder.collection(kind)


def _selectors(builder: Builder, kind: Kind) -> dict[str, str]:
    labels = builder.pick(
        (6, ""), (2, "app=a"), (1, "app!=a"), (1, "app in (a,b)"), (1, "!tier"), (0.3, "a b"), (0.3, "app=a=b")
    )
    own = "" if kind.namespaced else f"sequence={builder.namespace}"
    query: dict[str, str] = {}
    if selector := ",".join(filter(None, (own, labels))):
        query["labelSelector"] = selector
    if builder.chance(0.15):
        name = builder.name(kind)
        query["fieldSelector"] = builder.pick(
            (4, f"metadata.name={name}"),
            (1, f"metadata.name!={name}"),
            (1, "spec.nope=x"),
            (1, f"metadata.namespace={builder.namespace}"),
            (1, "status.phase=Pending"),
            (1, "spec.color=red"),
            (0.5, "a b"),
        )
    return query


def _revision(base: int | None) -> str:
    return "0" if base is None else f"${{{base}:metadata.resourceVersion}}"
