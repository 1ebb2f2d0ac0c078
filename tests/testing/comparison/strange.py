"""Steps with wrong paths and methods, and requests outside the resources."""

from testing.comparison.builder import Builder
from testing.comparison.steps import Body


def strange_request(builder: Builder) -> None:
    """Send a request that no resource supports."""
    kind = builder.kind()
    collection, name = builder.collection(kind), builder.existing(kind)
    namespace = builder.namespace
    method, path = builder.pick(
        (2, ("PUT", collection)),
        (2, ("POST", f"{collection}/{name}")),
        (2, ("PATCH", collection)),
        (1, ("OPTIONS", collection)),
        (1, ("GET", f"/api/v1/namespaces/{namespace}/nothings")),
        (1, ("GET", f"/apis/none.example/v1/namespaces/{namespace}/nothings")),
        (1, ("GET", f"/apis/apps/v9/namespaces/{namespace}/deployments")),
        (1, ("GET", "/nowhere")),
        (1, ("GET", "/healthz")),
        (1, ("POST", "/healthz")),
        (1, ("GET", f"/apis/example.com/v1/namespaces/{namespace}/nothings")),
        (1, ("GET", "/api/v2")),
        (1, ("GET", f"{collection}/{name}/nothing")),
        (1, ("POST", f"{collection}/{name}/status")),
        (1, ("GET", "/api")),
        (1, ("GET", "/api/v1/pods/x")),
        (1, ("POST", f"/{kind.api}/{kind.plural}")),
        (1, ("GET", "/livez")),
        (1, ("GET", "/apis/none.example")),
        (1, ("GET", f"/{kind.api}/namespaces/{namespace}/{kind.plural}/{name}")),
        (0.5, ("GET", f"/apis/example.com/v2/namespaces/{namespace}/widgets")),
        (0.5, ("GET", f"/{kind.api}/watch/namespaces/missing/nothings")),
    )
    body = Body(builder.body(kind, name, invalid=0)) if method in ("PUT", "POST", "PATCH") else None
    media = "application/merge-patch+json" if method == "PATCH" else "application/json"
    builder.add(f"strange {method.lower()}", method, path, body=body, content_type=media, accept=builder.accept())
