"""The comparison of resource versions.

Kubernetes 1.35 and newer guarantee that resource versions are decimal numbers, which can be compared; see
https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions. Aggregated API servers may use other
texts. These can only be compared for equality.
"""

from typing import TypeGuard


def is_comparable(version: str | None) -> TypeGuard[str]:
    """Return whether a resource version is a decimal number without a leading zero."""
    return version is not None and version.isascii() and version.isdigit() and not version.startswith("0")


def is_newer(version: str | None, than: str | None) -> bool | None:
    """Return whether a resource version is newer than another one; None if they cannot be compared."""
    if version == than:
        return False
    if not is_comparable(version) or not is_comparable(than):
        return None
    return (len(version), version) > (len(than), than)


def newest(first: str | None, second: str | None) -> str | None:
    """Return the newer of two resource versions. If they cannot be compared, return the second one."""
    if first is None or second is None:
        return second or first
    return first if is_newer(first, second) else second
