"""The counts and conditions of a Job.

See https://kubernetes.io/docs/concepts/workloads/controllers/job/#terminal-job-conditions.
"""

from dataclasses import dataclass

from kubex_testing._objects.json_types import JsonObject, array_at, object_at
from kubex_testing.embedded._cluster import now

from .pods import seconds_since


@dataclass(frozen=True)
class Outcome:
    """Why a Job ends: the condition that announces the end, the final condition, a reason and a message."""

    announcement: str
    final: str
    reason: str
    message: str


COMPLETE = Outcome("SuccessCriteriaMet", "Complete", "CompletionsReached", "Reached expected number of succeeded pods")
BACKOFF = Outcome("FailureTarget", "Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit")
DEADLINE = Outcome("FailureTarget", "Failed", "DeadlineExceeded", "Job was active longer than specified deadline")
OUTCOMES = (COMPLETE, BACKOFF, DEADLINE)


def outcome(spec: JsonObject, status: JsonObject, pods: list[JsonObject]) -> Outcome | None:
    """Return why a Job ends, or None if it continues.

    Args:
        pods: the pods that are active.
    """
    for item in OUTCOMES:
        condition = find_condition(status, item.announcement)
        if condition is not None and condition["reason"] == item.reason:
            return item
    limit, succeeded = spec.get("backoffLimit", 6), status.get("succeeded", 0)
    if status.get("failed", 0) > limit or _restarted_too_often(spec, limit, pods):
        return BACKOFF
    if seconds_to_deadline(spec, status) == 0:
        return DEADLINE
    # Without `completions`, one success ends a Job after its other pods have ended.
    wanted = spec.get("completions")
    if succeeded >= wanted if wanted is not None else (succeeded and not pods):
        return COMPLETE
    return None


def seconds_to_deadline(spec: JsonObject, status: JsonObject) -> float | None:
    """Return the seconds until `activeDeadlineSeconds`, at least 0, or None without a deadline."""
    deadline, start = spec.get("activeDeadlineSeconds"), status.get("startTime")
    if deadline is None or start is None or spec.get("suspend"):
        return None
    return max(float(deadline) - seconds_since(start), 0.0)


def wanted_pods(spec: JsonObject, status: JsonObject, active: int) -> int:
    """Return how many pods a running Job needs now."""
    parallelism, completions = spec.get("parallelism", 1), spec.get("completions")
    if completions is None:
        return active if status.get("succeeded") else int(parallelism)
    return int(min(parallelism, completions - status.get("succeeded", 0)))


def set_condition(status: JsonObject, kind: str, state: str, reason: str, message: str) -> None:
    """Add or change a condition, unless its state is unchanged."""
    before = find_condition(status, kind)
    if before is not None and before["status"] == state:
        return
    moment = now()
    times = {"lastProbeTime": moment, "lastTransitionTime": moment}
    condition = {"type": kind, "status": state, **times, "reason": reason, "message": message}
    status["conditions"] = [*(item for item in array_at(status, "conditions") if item is not before), condition]


def find_condition(status: JsonObject, kind: str) -> JsonObject | None:
    """Return a condition, or None."""
    return next((item for item in array_at(status, "conditions") if item["type"] == kind), None)


def parse_indexes(text: str) -> set[int]:
    """Parse `status.completedIndexes`, such as `0-2,4`."""
    found: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return found


def format_indexes(indexes: set[int]) -> str:
    """Format `status.completedIndexes`: ranges of three or more numbers are shortened."""
    parts: list[str] = []
    for number in sorted(indexes):
        if number - 1 in indexes:
            first = parts[-1].partition("-")[0]
            parts[-1] = f"{first}-{number}"
        else:
            parts.append(str(number))
    return ",".join(_format_range(part) for part in parts)


def _format_range(part: str) -> str:
    first, _, last = part.partition("-")
    return f"{first},{last}" if last and int(last) == int(first) + 1 else part


def _restarted_too_often(spec: JsonObject, limit: int, pods: list[JsonObject]) -> bool:
    if object_at(spec, "template", "spec").get("restartPolicy") != "OnFailure":
        return False
    statuses = (item for pod in pods for item in array_at(pod, "status", "containerStatuses"))
    restarts = sum(item.get("restartCount", 0) for item in statuses)
    return bool(restarts >= limit if limit else restarts > 0)
