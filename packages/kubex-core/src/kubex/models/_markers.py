"""Markers of what a kind can do: `Api` has an accessor for each, and type checkers refuse it on other kinds.

A kind derives from the markers of the subresources that its paths have.
"""

from kubex.models._resource import Resource


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
