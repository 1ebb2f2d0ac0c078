"""What the response to a deletion contains."""

from collections.abc import Mapping
from typing import Any


def deleted_uid(body: Mapping[str, Any]) -> str | None:
    """Return the UID of the object that was deleted.

    The body is a Status or, if finalizers or a grace period delay the deletion, the object.
    """
    owner = body.get("details") if body.get("kind") == "Status" and body.get("apiVersion") == "v1" else body.get("metadata")
    uid = (owner or {}).get("uid")
    return str(uid) if uid else None
