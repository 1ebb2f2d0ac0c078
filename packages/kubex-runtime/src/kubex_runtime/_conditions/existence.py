"""Conditions for the existence of an object."""

from typing import NoReturn

from kubex.models import Resource
from kubex_runtime._conditions.condition import MISSING, Condition, OptionalCondition, Verdict, if_exists
from kubex_runtime._conditions.status import repr_of


class _Exists(Condition[Resource]):
    def __invert__(self) -> NoReturn:
        raise TypeError("~exists() can never be fulfilled, because a negation needs an existing object: use deleted()")


def exists() -> Condition[Resource]:
    """Wait until an object exists.

    Example:
        assert exists()(await pods.get_or_none("web-0"))
    """
    return _Exists("exists()", if_exists(lambda _: Verdict(True, "the object exists")))


def deleted(uid: str | None = None) -> OptionalCondition[Resource]:
    """Wait until an object is deleted. An object that was created again with the same name has another UID.

    Args:
        uid: the UID of the object. By default, `wait_for()` uses that of the object that exists when it starts.

    Example:
        assert deleted()(await pods.get_or_none("missing"))
    """
    code = "deleted()" if uid is None else f"deleted(uid={repr_of(uid)})"
    return OptionalCondition(code, lambda obj, first_uid: _deleted_verdict(obj, uid or first_uid))


def _deleted_verdict(obj: Resource | None, uid: str | None) -> Verdict:
    if obj is None:
        return Verdict(True, MISSING)
    if uid is not None and obj.metadata.uid != uid:
        return Verdict(True, f"the object with the UID {uid} does not exist; its name belongs to a new object")
    if obj.metadata.deletion_timestamp is None:
        return Verdict(False, "the object exists, and its deletion was not requested")
    finalizers = ", ".join(obj.metadata.finalizers or ())
    waits = f" and waits for the finalizers {finalizers}" if finalizers else ""
    return Verdict(False, f"the object is being deleted{waits}")
