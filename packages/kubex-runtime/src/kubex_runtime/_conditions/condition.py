"""Conditions of objects, and their combination."""

from __future__ import annotations

from collections.abc import Callable
from inspect import isawaitable
from typing import Generic, NamedTuple, NoReturn, TypeAlias, TypeVar, cast, overload

from kubex.models import Resource

T_contra = TypeVar("T_contra", bound=Resource, contravariant=True)
T = TypeVar("T", bound=Resource)

MISSING = "the object does not exist"

# The binding strength of operators in a `repr`.
_OR, _AND, _NAME = range(3)


class Verdict(NamedTuple):
    """Whether an object fulfils a condition, and why.

    `holds` is None if this cannot be decided yet, because the object does not exist or its status is stale. `text` is
    the fact that decides, such as "2 of 3 replicas are updated". If `final` is true, the condition can no longer become
    true.
    """

    holds: bool | None
    text: str
    final: bool = False


_Evaluate: TypeAlias = Callable[[T_contra | None, str | None], Verdict]


class OptionalCondition(Generic[T_contra]):
    """A condition that an object which does not exist can fulfil, such as `deleted()`.

    The operators `&`, `|` and `~` combine conditions. The second operand can be a function.
    """

    def __init__(self, code: str, evaluate: _Evaluate[T_contra], *, strength: int = _NAME) -> None:
        self._code = code
        self._evaluate = evaluate
        self._strength = strength

    def __call__(self, obj: T_contra | None, /) -> bool:
        """Return whether an object fulfils the condition. Pass None for an object that does not exist."""
        return self.evaluate(obj).holds is True

    def evaluate(self, obj: T_contra | None, *, first_uid: str | None = None) -> Verdict:
        """Return whether an object fulfils the condition, and why.

        Args:
            obj: the object, or None if it does not exist.
            first_uid: the UID of the object when the wait began, which `deleted()` compares.
        """
        return self._evaluate(obj, first_uid)

    @overload  # a condition of any kind, and one for one kind
    def __or__(self: OptionalCondition[Resource], other: OptionalCondition[T]) -> OptionalCondition[T]: ...
    @overload
    def __or__(self: OptionalCondition[T], other: OptionalCondition[T]) -> OptionalCondition[T]: ...
    @overload
    def __or__(self: OptionalCondition[Resource], other: Function[T]) -> OptionalCondition[T]: ...
    @overload
    def __or__(self: OptionalCondition[T], other: Function[T]) -> OptionalCondition[T]: ...
    def __or__(self: OptionalCondition[T], other: OptionalCondition[T] | Function[T]) -> OptionalCondition[T]:
        second = as_condition(other)
        return OptionalCondition(*_joined(self, second, "|", _OR, _either), strength=_OR)

    @overload  # a condition of any kind, and one for one kind
    def __and__(self: OptionalCondition[Resource], other: OptionalCondition[T]) -> OptionalCondition[T]: ...
    @overload
    def __and__(self: OptionalCondition[T], other: OptionalCondition[T]) -> OptionalCondition[T]: ...
    @overload
    def __and__(self: OptionalCondition[Resource], other: Function[T]) -> OptionalCondition[T]: ...
    @overload
    def __and__(self: OptionalCondition[T], other: Function[T]) -> OptionalCondition[T]: ...
    def __and__(self: OptionalCondition[T], other: OptionalCondition[T] | Function[T]) -> OptionalCondition[T]:
        second = as_condition(other)
        return OptionalCondition(*_joined(self, second, "&", _AND, _both), strength=_AND)

    def __invert__(self) -> OptionalCondition[T_contra]:
        return OptionalCondition(f"~{_code_of(self, _NAME)}", lambda obj, uid: _not(self._evaluate(obj, uid)))

    def __bool__(self) -> NoReturn:
        raise TypeError(
            f"{self!r} is a condition and not a bool: combine conditions with &, | and ~, not with and, or and "
            "not; to check an object, call the condition with it"
        )

    def __repr__(self) -> str:
        return self._code


class Condition(OptionalCondition[T_contra]):
    """A condition that only an existing object can fulfil, such as `available()`.

    Call it with an object, or pass it to `wait_for()`. The operators `&`, `|` and `~` combine conditions; the negation
    also needs an existing object. The second operand can be a function.

    Example:
        healthy = ready() & ~condition("Draining") & (lambda pod: pod.spec.node_name == "node-1")
        assert not healthy(None)
        assert repr(ready() | phase("Succeeded")) == 'ready() | phase("Succeeded")'
    """

    # The overloads for a condition of any kind confuse type checkers when they compare this method with the base class.
    @overload  # type: ignore[override]
    def __or__(self: Condition[Resource], other: Condition[T]) -> Condition[T]: ...
    @overload
    def __or__(self: Condition[T], other: Condition[T]) -> Condition[T]: ...
    @overload
    def __or__(  # type: ignore[overload-overlap]  # a condition is also a function
        self: Condition[Resource], other: OptionalCondition[T]
    ) -> OptionalCondition[T]: ...
    @overload
    def __or__(  # type: ignore[overload-overlap]  # the same
        self: Condition[T], other: OptionalCondition[T]
    ) -> OptionalCondition[T]: ...
    @overload
    def __or__(self: Condition[Resource], other: Function[T]) -> Condition[T]: ...
    @overload
    def __or__(self: Condition[T], other: Function[T]) -> Condition[T]: ...
    def __or__(  # pyright: ignore[reportIncompatibleMethodOverride]
        self: Condition[T], other: OptionalCondition[T] | Function[T]
    ) -> OptionalCondition[T]:
        second = as_condition(other)
        code, evaluate = _joined(self, second, "|", _OR, _either)
        if isinstance(second, Condition):
            return Condition(code, evaluate, strength=_OR)
        return OptionalCondition(code, evaluate, strength=_OR)

    @overload
    def __and__(self: Condition[Resource], other: OptionalCondition[T]) -> Condition[T]: ...
    @overload
    def __and__(self: Condition[T], other: OptionalCondition[T]) -> Condition[T]: ...
    @overload
    def __and__(self: Condition[Resource], other: Function[T]) -> Condition[T]: ...
    @overload
    def __and__(self: Condition[T], other: Function[T]) -> Condition[T]: ...
    def __and__(  # pyright: ignore[reportIncompatibleMethodOverride]
        self: Condition[T], other: OptionalCondition[T] | Function[T]
    ) -> Condition[T]:
        return Condition(*_joined(self, as_condition(other), "&", _AND, _both), strength=_AND)

    def __invert__(self) -> Condition[T_contra]:
        return Condition(f"~{_code_of(self, _NAME)}", lambda obj, uid: _not(self._evaluate(obj, uid)))


Function: TypeAlias = Callable[[T], bool]
"""A function that returns whether an existing object fulfils a condition."""


def as_condition(value: OptionalCondition[T] | Function[T]) -> OptionalCondition[T]:
    """Return a condition; a function becomes one that only an existing object can fulfil."""
    if isinstance(value, OptionalCondition):
        return cast("OptionalCondition[T]", value)  # pyright forgets the type
    if not callable(value):
        raise TypeError(f"expected a condition or a function, not {type(value).__name__}")
    name = _name_of(value)

    def check(obj: T) -> Verdict:
        holds = _checked(value(obj), name)
        return Verdict(holds, f"{name} returned {holds}")

    return Condition(name, if_exists(check))


def if_exists(check: Callable[[T], Verdict]) -> _Evaluate[T]:
    """Return a function that calls `check` only with an existing object."""
    return lambda obj, _: Verdict(None, MISSING) if obj is None else check(obj)


def _checked(result: object, name: str) -> bool:
    """Return the result of a function. Reject objects that are always true."""
    if isinstance(result, OptionalCondition):
        raise TypeError(f"{name} returned the condition {result!r}: pass the condition, not the function")
    if isawaitable(result):
        getattr(result, "close", lambda: None)()  # a coroutine that is not awaited causes a warning
        raise TypeError(f"{name} is async, and conditions must not be: pass a function that returns a bool")
    return bool(result)


def _name_of(function: Function[T]) -> str:
    name: str = getattr(function, "__name__", None) or repr(function)
    code = getattr(function, "__code__", None)
    if name != "<lambda>" or code is None:
        return name
    return f"<lambda of line {code.co_firstlineno} in {code.co_filename}>"


def _code_of(condition: OptionalCondition[T], strength: int) -> str:
    """Return the code of an operand, in parentheses if its operator binds less than the outer one."""
    code = repr(condition)
    return code if condition._strength >= strength else f"({code})"  # pyright: ignore[reportPrivateUsage] - same module


def _joined(
    first: OptionalCondition[T],
    second: OptionalCondition[T],
    operator: str,
    strength: int,
    join: Callable[[Verdict, Verdict], Verdict],
) -> tuple[str, _Evaluate[T]]:
    def evaluate(obj: T | None, uid: str | None) -> Verdict:
        return join(first.evaluate(obj, first_uid=uid), second.evaluate(obj, first_uid=uid))

    return f"{_code_of(first, strength)} {operator} {_code_of(second, strength)}", evaluate


def _both(first: Verdict, second: Verdict) -> Verdict:
    holds = [first.holds, second.holds]
    if all(holds):
        return _merged(True, first, second)
    unfulfilled = [verdict for verdict in (first, second) if not verdict.holds]
    final = [verdict for verdict in unfulfilled if verdict.final]
    return _merged(False if False in holds else None, *(final or unfulfilled), final=bool(final))


def _either(first: Verdict, second: Verdict) -> Verdict:
    holds = [first.holds, second.holds]
    if any(holds):
        return _merged(True, *(verdict for verdict in (first, second) if verdict.holds))
    return _merged(None if None in holds else False, first, second, final=first.final and second.final)


def _not(verdict: Verdict) -> Verdict:
    return Verdict(None if verdict.holds is None else not verdict.holds, verdict.text)


def _merged(holds: bool | None, *verdicts: Verdict, final: bool = False) -> Verdict:
    texts = dict.fromkeys(verdict.text for verdict in verdicts)  # without repetitions
    return Verdict(holds, "; ".join(texts), final)
