"""Server-side apply (https://kubernetes.io/docs/reference/using-api/server-side-apply/)."""

from . import _errors as errors
from ._cluster import Call
from ._options import WriteOptions
from ._store import Stored


def server_side_apply(call: Call, options: WriteOptions) -> tuple[bool, Stored]:
    """Merge an applied configuration; tells whether the object is new. Raises 400, 409, 422 and 500."""
    raise errors.internal("server-side apply is not served yet")
