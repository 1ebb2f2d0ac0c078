"""Lists in chunks: continue tokens, and the snapshots that they refer to."""

import base64
import json
from dataclasses import dataclass
from itertools import islice
from typing import Any

from . import _errors as errors
from ._options import ListOptions, Selection
from ._store import Bucket, StoredObject
from ._view import View

_TOKEN_VERSION = "meta.k8s.io/v1"  # noqa: S105 - the name of a format
_EXPIRED_MESSAGE = "The provided continue parameter is too old to display a consistent list result"


@dataclass(frozen=True)
class Page:
    """The objects of one list request, and the metadata of the list."""

    items: list[StoredObject]
    revision: int
    """The revision of the list; 0 if the objects are not in the store."""
    continue_token: str = ""
    remaining: int = 0

    def metadata(self, *, custom: bool) -> dict[str, Any]:
        """Return the `metadata` of the list. Lists of custom resources always contain `continue`."""
        document: dict[str, Any] = {"resourceVersion": str(self.revision)} if self.revision else {}
        if self.continue_token or custom:
            document["continue"] = self.continue_token
        if self.remaining:
            document["remainingItemCount"] = self.remaining
        if custom:
            return dict(sorted(document.items()))
        return document


def read_page(bucket: Bucket, current: int, selection: Selection, options: ListOptions) -> Page:
    """Read one chunk at the requested revision. `current` is the latest revision. Raises 400 and 410."""
    start = ""
    revision: int | None = None
    if options.continue_token:
        revision, start = _decode(options.continue_token)
        if revision >= 0:
            _check_token(bucket, revision, start, expired=options.token_expired)
    elif options.match == "Exact" or (options.limit and options.revision and not options.match):
        revision = options.revision
        if revision is not None and revision < bucket.compacted_revision:
            raise errors.expired("The resourceVersion for the provided list is too old.")
    # kube-apiserver serves resourceVersion=0 from its watch cache, which ignores the limit.
    limit = 0 if options.revision == 0 and options.match != "Exact" else options.limit
    if revision is None and options.cached_revision != current:
        revision = options.cached_revision
    shown = None if revision is None or revision < 0 else revision
    return _read_chunk(View(bucket, shown), start, limit, current if shown is None else shown, selection)


def _read_chunk(view: View, start: str, limit: int, revision: int, selection: Selection) -> Page:
    selected = view.items(selection, selection.prefix + start if start else "")
    if not limit:
        return Page([item for _, item in selected], revision)
    chunk = list(islice(selected, limit))
    items = [item for _, item in chunk]
    if len(chunk) < limit or selection.key:
        return Page(items, revision)
    last = chunk[-1][0]
    remaining = view.count_after(selection.prefix, last)
    if not remaining:
        return Page(items, revision)
    # The next page starts after this key: as in etcd, a NUL suffix is the smallest larger key.
    token = _encode(revision, last.removeprefix(selection.prefix) + "\0")
    # With selectors the count is unknown, because the remaining objects were not filtered.
    return Page(items, revision, token, remaining if selection.selects_all else 0)


def _check_token(bucket: Bucket, revision: int, start: str, *, expired: bool) -> None:
    if expired or revision < bucket.compacted_revision:
        message = (
            f"{_EXPIRED_MESSAGE}; start over, or go on with the token in this answer, accepting an inconsistent list"
        )
        # Revision -1 continues with the latest revision, so the list may be inconsistent.
        raise errors.expired(message, continue_token=_encode(-1, start))


def _encode(revision: int, start: str) -> str:
    text = json.dumps({"v": _TOKEN_VERSION, "rv": revision, "start": f"/{start}"}, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(token: str) -> tuple[int, str]:
    try:
        document = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        version, revision, start = document["v"], document["rv"], document["start"]
    except (ValueError, KeyError, TypeError) as error:
        raise errors.bad_request(f"invalid continue token: continue key is not valid: {error}") from error
    if version != _TOKEN_VERSION or not isinstance(revision, int) or revision >= 2**63 or not isinstance(start, str):
        raise errors.bad_request("invalid continue token: continue key is not valid: not made by this server")
    return revision, start.removeprefix("/")
