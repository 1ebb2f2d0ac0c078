"""Markers of the subresources of a kind: `Api` has an accessor or a verb for each.

A kind derives from the markers of its subresources; for other kinds the accessor is a type error.
"""

from kubex.models._resource import Resource

__all__ = [
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
    """Marks a kind whose objects have the `log` subresource."""


class HasStatus(Resource):
    """Marks a kind whose objects have the `status` subresource."""


class HasScale(Resource):
    """Marks a kind whose objects have the `scale` subresource."""


class HasEviction(Resource):
    """Marks a kind whose objects have the `eviction` subresource."""


class HasResize(Resource):
    """Marks a kind whose objects have the `resize` subresource."""


class HasEphemeralContainers(Resource):
    """Marks a kind whose objects have the `ephemeralcontainers` subresource."""


class HasTokenRequest(Resource):
    """Marks a kind whose objects have the `token` subresource."""


class HasExec(Resource):
    """Marks a kind whose objects have the `exec` subresource."""


class HasAttach(Resource):
    """Marks a kind whose objects have the `attach` subresource."""


class HasPortForward(Resource):
    """Marks a kind whose objects have the `portforward` subresource."""


class HasApproval(Resource):
    """Marks a kind whose objects have the `approval` subresource."""
