"""The first difference between two responses, and its cause."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from testing.comparison.http_session import Exchange
from testing.comparison.normalize import Normalizer
from testing.comparison.steps import Step


@dataclass(frozen=True)
class Difference:
    """The first difference of a sequence. `cause` groups the differences of several sequences."""

    step: Step
    cause: str
    real: str
    embedded: str

    @property
    def key(self) -> str:
        """Return the verb, the resource and the cause, which the accepted differences match."""
        return f"{self.step.verb}: {self.cause}"


class Comparer:
    """Compare the responses of both servers for the steps of one sequence.

    `message_difference` is the first difference of the messages for humans. It does not end the comparison, because
    clients must not depend on these texts.
    """

    def __init__(self) -> None:
        self._real, self._embedded = Normalizer(), Normalizer()
        self.message_difference: Difference | None = None

    def compare(self, step: Step, real: Exchange, embedded: Exchange) -> Difference | None:
        """Return the first difference, or None."""
        left, right = self._facets(step, real, self._real), self._facets(step, embedded, self._embedded)
        for (name, expected), (_, actual) in zip(left.items(), right.items(), strict=True):
            if expected != actual:
                found = _difference(step, name, expected, actual, left, right)
                if name != "message":
                    return found
                self.message_difference = self.message_difference or found
        return None

    def _facets(self, step: Step, exchange: Exchange, normalizer: Normalizer) -> dict[str, Any]:
        """Return what is compared, in the order of importance."""
        document = normalizer.normalize(exchange.document)
        is_status = isinstance(document, dict) and document.get("kind") == "Status"
        status = document if is_status else {}
        facets: dict[str, Any] = {
            "status": exchange.status,
            "Content-Type": exchange.content_type,
            "reason": status.get("reason"),
            "message": status.get("message"),
            "details": _sorted_conflicts(status.get("details")),
            "Warning": sorted(normalizer.text(item.removeprefix("299 - ")) for item in exchange.warnings),
        }
        if step.is_watch and exchange.status == 200:
            events = [normalizer.normalize(event) for event in exchange.events() if not _is_periodic(event)]
            facets["types of events"] = [event.get("type") for event in events]
            facets["events"] = events
        elif document is not None:
            facets["body"] = (
                {key: value for key, value in document.items() if key not in ("message", "details")}
                if is_status
                else document
            )
        else:
            facets["body"] = normalizer.text(exchange.body.decode(errors="replace"))
        facets.setdefault("events", None)
        facets.setdefault("types of events", None)
        facets.setdefault("body", None)
        return dict(sorted(facets.items(), key=lambda item: list(_ORDER).index(item[0])))


def _sorted_conflicts(details: Any) -> Any:
    """Return the details with sorted conflicts of managers, which kube-apiserver lists in a random order."""
    causes = (details or {}).get("causes") or [{}]
    if causes[0].get("reason") != "FieldManagerConflict":
        return details
    return {**details, "causes": sorted(causes, key=lambda cause: (cause["message"], cause["field"]))}


def _is_periodic(event: Any) -> bool:
    """Return whether an event is a bookmark that depends on the time."""
    return event["type"] == "BOOKMARK" and "initial-events-end" not in json.dumps(event)


_ORDER = ("status", "Content-Type", "reason", "details", "Warning", "types of events", "events", "body", "message")


def _difference(
    step: Step, name: str, real: Any, embedded: Any, left: dict[str, Any], right: dict[str, Any]
) -> Difference:
    if name in ("body", "events", "details") and type(real) is type(embedded) and isinstance(real, (dict, list)):
        path, one, other = next(_paths(real, embedded, ""))
        change = "missing" if other is _ABSENT else "not in real" if one is _ABSENT else "differs"
        return Difference(step, f"{name} {_general(path)} {change}", _short(one), _short(other))
    if name == "status":
        texts = [f"{facets['status']} {_template(facets['message'] or '')}".strip() for facets in (left, right)]
        return Difference(step, f"status {texts[0]} | {texts[1]}", _summary(left), _summary(right))
    if name == "message":
        return Difference(
            step, f"message {_template(str(real))} | {_template(str(embedded))}", str(real), str(embedded)
        )
    if name in ("Content-Type", "reason", "types of events"):
        return Difference(step, f"{name} {real} | {embedded}", str(real), str(embedded))
    return Difference(step, name, _short(real), _short(embedded))


_ABSENT = object()


def _paths(real: Any, embedded: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Return the paths at which two values differ."""
    if isinstance(real, dict) and isinstance(embedded, dict):
        for key in sorted({*real, *embedded}):
            one, other = real.get(key, _ABSENT), embedded.get(key, _ABSENT)
            if one is _ABSENT or other is _ABSENT:
                yield f"{path}.{key}", one, other
            elif one != other:
                yield from _paths(one, other, f"{path}.{key}")
    elif isinstance(real, list) and isinstance(embedded, list):
        for index, (one, other) in enumerate(zip(real, embedded, strict=False)):
            if one != other:
                yield from _paths(one, other, f"{path}[{index}]")
        if len(real) != len(embedded):
            yield f"{path}[]", real, embedded
    elif real != embedded:
        yield path, real, embedded


def _general(path: str) -> str:
    return re.sub(r"\[\d+\]", "[]", path)


def _template(message: str) -> str:
    """Return a message without its values."""
    message = re.sub(r'"(?:[^"\\]|\\.)*"', '""', message)
    message = re.sub(r"\b[\w.-]*(?:cmp|shrink)-[\w-]+\b", "NAME", message)
    return re.sub(r"\d+", "N", message)[:110]


def _summary(facets: dict[str, Any]) -> str:
    return _short(
        {key: facets[key] for key in ("status", "message") if facets[key] is not None}
        | ({} if facets["message"] else {"body": facets["body"]})
    )


def _short(value: Any) -> str:
    return "absent" if value is _ABSENT else json.dumps(value, ensure_ascii=False)[:400]
