"""What responses contain."""

from collections.abc import Mapping
from typing import Any

from kubex_ops._plan.json_values import map_at


def uid_in_response(body: Mapping[str, Any]) -> str | None:
    """Return the UID of the object that was applied or deleted.

    The response to a deletion is a Status or, if finalizers or a grace period delay the deletion, the object.
    """
    is_status = body.get("kind") == "Status" and body.get("apiVersion") == "v1"
    uid: str | None = map_at(body, "details" if is_status else "metadata").get("uid")
    return uid
