"""Markers for the subresources of a kind. `Api` has an accessor or a verb for each of them.

Derive a kind from the markers of its subresources. For a kind without the marker, the accessor is a type error.

Example:
    class Widget(NamespacedResource, HasStatus, HasScale):
        __resource__ = ApiResource(group="example.com", version="v1", kind="Widget", plural="widgets")

    widgets = Api(Widget, client, namespace="default")
    print(widgets.scale, widgets.status)
"""

from collections.abc import Mapping

from kubex.models._resource import Resource

__all__ = [
    "MARKERS",
    "HasApproval",
    "HasAttach",
    "HasEphemeralContainers",
    "HasEviction",
    "HasExec",
    "HasLogs",
    "HasPortForward",
    "HasResize",
    "HasScale",
    "HasStatus",
    "HasTokenRequest",
]


class HasLogs(Resource):
    """Marks a kind that has the `log` subresource."""


class HasStatus(Resource):
    """Marks a kind that has the `status` subresource."""


class HasScale(Resource):
    """Marks a kind that has the `scale` subresource."""


class HasEviction(Resource):
    """Marks a kind that has the `eviction` subresource."""


class HasResize(Resource):
    """Marks a kind that has the `resize` subresource."""


class HasEphemeralContainers(Resource):
    """Marks a kind that has the `ephemeralcontainers` subresource."""


class HasTokenRequest(Resource):
    """Marks a kind that has the `token` subresource."""


class HasExec(Resource):
    """Marks a kind that has the `exec` subresource."""


class HasAttach(Resource):
    """Marks a kind that has the `attach` subresource."""


class HasPortForward(Resource):
    """Marks a kind that has the `portforward` subresource."""


class HasApproval(Resource):
    """Marks a kind that has the `approval` subresource."""


MARKERS: Mapping[str, type[Resource]] = {
    "approval": HasApproval,
    "attach": HasAttach,
    "ephemeralcontainers": HasEphemeralContainers,
    "eviction": HasEviction,
    "exec": HasExec,
    "log": HasLogs,
    "portforward": HasPortForward,
    "resize": HasResize,
    "scale": HasScale,
    "status": HasStatus,
    "token": HasTokenRequest,
}
"""The marker of each subresource, by its name in URLs."""
