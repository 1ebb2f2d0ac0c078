"""The controller of Jobs.

See https://kubernetes.io/docs/concepts/workloads/controllers/job/.
"""

from kubex_testing._objects.json_types import JsonObject, array_at, object_at
from kubex_testing.embedded._cluster import now
from kubex_testing.embedded._store import StoredObject

from .context import Context
from .indexes import controller_of
from .job_status import (
    Outcome,
    find_condition,
    format_indexes,
    outcome,
    parse_indexes,
    seconds_to_deadline,
    set_condition,
    wanted_pods,
)
from .pods import (
    PODS,
    deletion_order,
    is_active,
    is_finished,
    is_ready,
    is_terminating,
    phase,
    pod_from_template,
    seconds_since,
)

JOBS = "jobs.batch"
TRACKING = "batch.kubernetes.io/job-tracking"
"""The finalizer of pods that the status of their Job does not count yet."""
INDEX = "batch.kubernetes.io/job-completion-index"


class JobController:
    """Create pods until enough of them have succeeded, and count them.

    A failed pod is replaced at once, without the back-off delay of kube-controller-manager.
    """

    def __init__(self, context: Context) -> None:
        self._context, self._writer = context, context.writer

    def reconcile(self, key: str) -> None:
        """Count the pods that ended, create or delete pods, and write the status."""
        stored = self._context.get(JOBS, key)
        if stored is None or is_terminating(stored.object):
            return
        job, spec = stored.object, stored.object["spec"]
        status: JsonObject = {**object_at(job, "status")}
        if self._is_final(status):
            self._delete_after_ttl(key, stored)
            return
        pods = [item.object for item in self._context.children.claim(job, PODS, object_at(spec, "selector"))]
        uncounted = [pod for pod in pods if _is_tracked(pod) and not is_active(pod)]
        _count(spec, status, uncounted)
        active = [pod for pod in pods if is_active(pod)]
        if result := outcome(spec, status, active):
            self._end(status, result, active)
        elif spec.get("suspend"):
            self._suspend(status, active)
        else:
            self._run(job, status, active)
        self._write_status(stored, status, uncounted, result)
        self._context.requeue_earliest(JOBS, key, [seconds_to_deadline(spec, status)])

    def release_pod(self, key: str) -> None:
        """Remove the finalizer of a pod if its Job does not exist."""
        stored = self._context.get(PODS, key)
        if stored is None or not _is_tracked(stored.object):
            return
        owner, namespace = controller_of(stored.object), stored.object["metadata"]["namespace"]
        job = self._context.get(JOBS, f"{namespace}/{owner['name']}") if owner is not None else None
        if owner is None or job is None or job.object["metadata"]["uid"] != owner["uid"]:
            self._untrack(stored.object)

    @staticmethod
    def _is_final(status: JsonObject) -> bool:
        return any(find_condition(status, kind) for kind in ("Complete", "Failed"))

    def _run(self, job: JsonObject, status: JsonObject, active: list[JsonObject]) -> None:
        spec = job["spec"]
        if find_condition(status, "Suspended"):
            set_condition(status, "Suspended", "False", "JobResumed", "Job resumed")
        status.setdefault("startTime", now())
        wanted = wanted_pods(spec, status, len(active))
        if wanted < len(active):
            stored = [self._stored(pod) for pod in active]
            for item in sorted(stored, key=deletion_order)[: len(active) - wanted]:
                self._delete_uncounted(item.object)
            return
        # With this policy, a pod that is being deleted is replaced only after it has ended.
        if spec.get("podReplacementPolicy") == "Failed":
            found = (item.object for item in self._context.children.of(job, PODS))
            wanted -= sum(is_terminating(pod) and not is_finished(pod) for pod in found)
        indexes = _free_indexes(spec, status, active)
        for _ in range(wanted - len(active)):
            self._writer.create(PODS, job["metadata"]["namespace"], _new_pod(job, indexes))

    def _suspend(self, status: JsonObject, active: list[JsonObject]) -> None:
        for pod in active:
            self._delete_uncounted(pod)
        status.pop("startTime", None)
        set_condition(status, "Suspended", "True", "JobSuspended", "Job suspended")

    def _end(self, status: JsonObject, result: Outcome, active: list[JsonObject]) -> None:
        set_condition(status, result.announcement, "True", result.reason, result.message)
        for pod in active:
            self._writer.delete(PODS, self._stored(pod))

    def _write_status(
        self, stored: StoredObject, status: JsonObject, counted: list[JsonObject], result: Outcome | None
    ) -> None:
        """Write the status, and then remove the finalizers of the pods that it counts."""
        pods = [item.object for item in self._context.children.of(stored.object, PODS)]
        active = [pod for pod in pods if is_active(pod)]
        terminating = sum(is_terminating(pod) and not is_finished(pod) for pod in pods)
        status["active"] = len(active)
        status["ready"] = sum(is_ready(pod) for pod in active)
        status["terminating"] = terminating
        status["uncountedTerminatedPods"] = {}
        if result is not None and not active and not terminating:
            set_condition(status, result.final, "True", result.reason, result.message)
            if result.final == "Complete":
                status["completionTime"] = now()
        if not status["active"]:
            del status["active"]
        self._writer.update_status(JOBS, stored, status)
        for pod in counted:
            self._untrack(pod)

    def _delete_uncounted(self, pod: JsonObject) -> None:
        """Delete a pod that does not count as failed."""
        self._untrack(pod)
        self._writer.delete(PODS, self._stored(pod))

    def _untrack(self, pod: JsonObject) -> None:
        document = self._stored(pod).object
        metadata = {**document["metadata"]}
        metadata["finalizers"] = [item for item in array_at(metadata, "finalizers") if item != TRACKING]
        if not metadata["finalizers"]:
            del metadata["finalizers"]
        self._writer.update(PODS, {**document, "metadata": metadata})

    def _delete_after_ttl(self, key: str, stored: StoredObject) -> None:
        seconds, status = stored.object["spec"].get("ttlSecondsAfterFinished"), object_at(stored.object, "status")
        if seconds is None:
            return
        end = next(filter(None, (find_condition(status, kind) for kind in ("Complete", "Failed"))))
        remaining = float(seconds) - seconds_since(end["lastTransitionTime"])
        if remaining <= 0:
            self._writer.delete(JOBS, stored)
        else:
            self._context.requeue(JOBS, key, remaining)

    def _stored(self, pod: JsonObject) -> StoredObject:
        metadata = pod["metadata"]
        return self._context.cluster.store.bucket(PODS).objects[f"{metadata['namespace']}/{metadata['name']}"]


def _is_tracked(pod: JsonObject) -> bool:
    return TRACKING in array_at(pod, "metadata", "finalizers")


def _count(spec: JsonObject, status: JsonObject, ended: list[JsonObject]) -> None:
    """Add pods that ended to the counts. A pod that was deleted while it ran counts as failed."""
    completed = parse_indexes(status.get("completedIndexes", ""))
    for pod in ended:
        if phase(pod) != "Succeeded":
            status["failed"] = status.get("failed", 0) + 1
        elif spec.get("completionMode") != "Indexed":
            status["succeeded"] = status.get("succeeded", 0) + 1
        else:
            completed.add(int(object_at(pod, "metadata", "annotations").get(INDEX, 0)))
    if completed:
        status["succeeded"], status["completedIndexes"] = len(completed), format_indexes(completed)


def _free_indexes(spec: JsonObject, status: JsonObject, active: list[JsonObject]) -> list[int]:
    """Return the completion indexes that need a pod, in reverse order; an empty list for other Jobs."""
    if spec.get("completionMode") != "Indexed":
        return []
    used = {int(object_at(pod, "metadata", "annotations").get(INDEX, -1)) for pod in active}
    used |= parse_indexes(status.get("completedIndexes", ""))
    return [index for index in reversed(range(spec["completions"])) if index not in used]


def _new_pod(job: JsonObject, indexes: list[int]) -> JsonObject:
    """Return a pod of a Job. An indexed Job gets a pod for the last of the indexes, which is removed from the list."""
    pod = pod_from_template(job, job["spec"]["template"])
    metadata = pod["metadata"]
    metadata["finalizers"] = [*metadata.get("finalizers", ()), TRACKING]
    if job["spec"].get("completionMode") != "Indexed":
        return pod
    index = str(indexes.pop())
    metadata["generateName"] = f"{job['metadata']['name']}-{index}-"
    metadata["annotations"] = {**metadata.get("annotations", {}), INDEX: index}
    metadata["labels"] = {**metadata.get("labels", {}), INDEX: index}
    pod["spec"]["hostname"] = f"{job['metadata']['name']}-{index}"
    variable = {
        "name": "JOB_COMPLETION_INDEX",
        "valueFrom": {"fieldRef": {"fieldPath": f"metadata.labels['{INDEX}']"}},
    }
    for container in (*array_at(pod, "spec", "containers"), *array_at(pod, "spec", "initContainers")):
        container["env"] = [*container.get("env", ()), variable]
    return pod
