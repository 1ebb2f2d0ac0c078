"""The errors for kinds that a server does not have."""

from __future__ import annotations

from collections.abc import Iterable

from kubex.discovery._kind_info import KindInfo
from kubex.discovery._table import GroupVersion, Table
from kubex.errors import KindUnavailable, NoSuchKind
from kubex.models import Status

_NEAREST = 3


def kind_unavailable(version: GroupVersion) -> KindUnavailable:
    """Return the error for a version of an API group that is not available."""
    message = f"the kinds of {version.api_version} are not available: {version.problem}"
    status = Status(status="Failure", reason="ServiceUnavailable", message=message, code=503)
    return KindUnavailable(503, status, api_version=version.api_version)


def no_such_kind(table: Table, api_version: str, kind: str) -> NoSuchKind:
    """Return the error for an `apiVersion` and a `kind`."""
    same = [info for info in table.kinds() if info.kind == kind]
    group = api_version.rpartition("/")[0]
    versions = [info for info in same if info.group == group] or same
    texts = [describe(info) for info in versions] or _nearest(table, kind, (info.kind for info in table.kinds()))
    return NoSuchKind(f"{kind} in {api_version}".strip(), nearest=tuple(texts), unavailable=_unavailable(table))


def no_such_name(table: Table, name: str) -> NoSuchKind:
    """Return the error for a name such as `deploy`."""
    word = name.partition(".")[0].lower()
    words = [text for info in table.kinds() for text in (info.plural, info.singular, *info.short_names)]
    texts = _nearest(table, word, words)
    return NoSuchKind(repr(name), nearest=tuple(texts), unavailable=_unavailable(table))


def describe(info: KindInfo) -> str:
    """Return the kind and its version, as in the message of an error."""
    return f"{info.kind} in {info.api_version}"


def _nearest(table: Table, word: str, words: Iterable[str]) -> list[str]:
    from difflib import get_close_matches  # only errors need it

    found: dict[str, None] = {}
    for match in get_close_matches(word.lower(), {text.lower() for text in words}, n=_NEAREST):
        for info in table.preferred():
            if match in (info.kind.lower(), info.plural, info.singular, *info.short_names):
                found[describe(info)] = None
    return list(found)[:_NEAREST]


def _unavailable(table: Table) -> tuple[str, ...]:
    return tuple(each.api_version for each in table.versions.values() if each.problem)
