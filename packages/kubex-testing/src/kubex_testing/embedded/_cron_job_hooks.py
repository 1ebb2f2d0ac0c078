"""`EmbeddedServer.cronjobs`: create the Jobs of CronJobs."""

from kubex_testing._objects.json_types import JsonObject, json_copy, object_at
from kubex_testing._objects.names import expand_generate_name

from ._cluster import Cluster
from ._errors import ApiError
from ._loop_thread import LoopThread

_INSTANTIATE = {"cronjob.kubernetes.io/instantiate": "manual"}


class CronJobHooks:
    """Create Jobs from CronJobs. The server does not create Jobs on a schedule.

    The methods can be called from any thread.
    """

    def __init__(self, cluster: Cluster, thread: LoopThread) -> None:
        self._cluster, self._thread = cluster, thread

    def trigger(self, name: str, *, namespace: str = "default", job: str | None = None) -> str:
        """Create a Job from a CronJob, as `kubectl create job --from=cronjob/NAME` does, and return its name.

        Args:
            name: the name of the CronJob.
            job: the name of the Job; by default the name of the CronJob with a random suffix.

        Raises:
            KeyError: the CronJob does not exist.
            ValueError: the server rejected the Job, for example because a Job with this name exists.

        Example:
            pod = {"restartPolicy": "Never", "containers": [{"name": "main", "image": "report:1"}]}
            spec = {"schedule": "@daily", "jobTemplate": {"spec": {"template": {"spec": pod}}}}
            server.load([{"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "report"}, "spec": spec}])
            server.cronjobs.trigger("report", job="report-1")
            (job,) = server.state("jobs")
            assert job["metadata"]["ownerReferences"][0]["name"] == "report"
        """
        return self._thread.call(lambda: self._create(name, namespace, job))

    def _create(self, name: str, namespace: str, job: str | None) -> str:
        # Most servers do not need the writer, so import it on demand.
        from ._workloads.writer import Writer

        stored = self._cluster.store.get("cronjobs.batch", f"{namespace}/{name}")
        if stored is None:
            raise KeyError(f"CronJob {namespace}/{name} does not exist; create it first")
        document = _job(stored.object, job or expand_generate_name(f"{name}-", self._cluster.random))
        try:
            created = Writer(self._cluster, "kubectl-create").create("jobs.batch", namespace, document)
        except ApiError as error:
            raise ValueError(f"the Job of CronJob {namespace}/{name} was rejected: {error}") from error
        return str(created.object["metadata"]["name"])


def _job(cron_job: JsonObject, name: str) -> JsonObject:
    template, metadata = object_at(cron_job, "spec", "jobTemplate"), cron_job["metadata"]
    owner = {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "name": metadata["name"],
        "uid": metadata["uid"],
        "controller": True,
    }
    return {
        "metadata": {
            "name": name,
            "labels": {**object_at(template, "metadata", "labels")},
            "annotations": {**_INSTANTIATE, **object_at(template, "metadata", "annotations")},
            "ownerReferences": [owner],
        },
        "spec": json_copy(template["spec"]),
    }
