"""Jobs, on the embedded server and with kube-controller-manager."""

from typing import Any

from support.polling import wait_until
from support.workload_client import WorkloadClient, managers, status_fields, template

TRACKING = "batch.kubernetes.io/job-tracking"
INDEX = "batch.kubernetes.io/job-completion-index"


def create(client: WorkloadClient, command: str, **spec: Any) -> None:
    client.create("jobs", "import", {"template": template(command, restartPolicy="Never"), **spec})


def finish(client: WorkloadClient, exit_code: int = 0, name: str = "import-*") -> None:
    """End the pods. On the real server, their command ends them."""
    if client.server is not None:
        client.server.pods.finish(name, namespace=client.namespace, exit_code=exit_code)


def has_condition(name: str) -> Any:
    return lambda job: any(item["type"] == name for item in job.get("status", {}).get("conditions", ()))


def test_job_completes_after_its_pods_succeeded(client: WorkloadClient) -> None:
    create(client, "exit 0", completions=2)
    finish(client)
    wait_until(lambda: len(client.names("pods")) == 2)
    finish(client)
    job = client.wait("jobs", "import", has_condition("Complete"))
    assert status_fields(job) == {
        "succeeded": 2,
        "ready": 0,
        "terminating": 0,
        "uncountedTerminatedPods": {},
        "conditions": [
            ("SuccessCriteriaMet", "True", "CompletionsReached"),
            ("Complete", "True", "CompletionsReached"),
        ],
    }
    assert {"startTime", "completionTime"} <= job["status"].keys()
    assert managers(job) == {("probe", None), ("kube-controller-manager", "status")}
    wait_until(lambda: all("finalizers" not in pod["metadata"] for pod in client.items("pods")))
    assert all(pod["status"]["phase"] == "Succeeded" for pod in client.items("pods"))


def test_job_fails_after_its_backoff_limit(client: WorkloadClient) -> None:
    create(client, "exit 3", backoffLimit=0)
    finish(client, exit_code=3)
    job = client.wait("jobs", "import", has_condition("Failed"))
    assert status_fields(job) == {
        "failed": 1,
        "ready": 0,
        "terminating": 0,
        "uncountedTerminatedPods": {},
        "conditions": [
            ("FailureTarget", "True", "BackoffLimitExceeded"),
            ("Failed", "True", "BackoffLimitExceeded"),
        ],
    }
    (pod,) = client.items("pods")
    (container,) = pod["status"]["containerStatuses"]
    assert (pod["status"]["phase"], container["state"]["terminated"]["exitCode"]) == ("Failed", 3)


def test_job_counts_active_pods(client: WorkloadClient) -> None:
    create(client, "exec sleep 3600", completions=3, parallelism=2)
    job = client.wait("jobs", "import", lambda item: item["status"].get("ready") == 2)
    assert status_fields(job) == {"active": 2, "ready": 2, "terminating": 0, "uncountedTerminatedPods": {}}
    pods = client.items("pods")
    assert [pod["metadata"]["finalizers"] for pod in pods] == [[TRACKING]] * 2
    labels = {"job-name", "controller-uid", "batch.kubernetes.io/job-name", "batch.kubernetes.io/controller-uid"}
    assert all(labels <= pod["metadata"]["labels"].keys() for pod in pods)


def test_indexed_job_gives_each_pod_an_index(client: WorkloadClient) -> None:
    create(client, "exec sleep 3600", completions=3, parallelism=2, completionMode="Indexed")
    client.wait("jobs", "import", lambda item: item["status"].get("ready") == 2)
    for number, pod in enumerate(client.items("pods")):
        metadata, index = pod["metadata"], str(number)
        assert metadata["generateName"] == f"import-{index}-"
        assert (metadata["labels"][INDEX], metadata["annotations"][INDEX]) == (index, index)
        assert pod["spec"]["hostname"] == f"import-{index}"
        (variable,) = pod["spec"]["containers"][0]["env"]
        field = {"apiVersion": "v1", "fieldPath": f"metadata.labels['{INDEX}']"}
        assert variable == {"name": "JOB_COMPLETION_INDEX", "valueFrom": {"fieldRef": field}}


def test_indexed_job_completes_each_index(client: WorkloadClient) -> None:
    create(client, "exit 0", completions=3, parallelism=3, completionMode="Indexed")
    for index in range(3):
        finish(client, name=f"import-{index}-*")
    job = client.wait("jobs", "import", has_condition("Complete"))
    assert (job["status"]["succeeded"], job["status"]["completedIndexes"]) == (3, "0-2")


def test_suspended_job_has_no_pods(client: WorkloadClient) -> None:
    create(client, "exec sleep 3600", suspend=True)
    job = client.wait("jobs", "import", has_condition("Suspended"))
    assert status_fields(job) == {
        "ready": 0,
        "terminating": 0,
        "uncountedTerminatedPods": {},
        "conditions": [("Suspended", "True", "JobSuspended")],
    }
    client.patch("jobs", "import", {"spec": {"suspend": False}})
    resumed = client.wait("jobs", "import", lambda item: item["status"].get("active") == 1)
    assert status_fields(resumed)["conditions"] == [("Suspended", "False", "JobResumed")]
    client.patch("jobs", "import", {"spec": {"suspend": True}})
    wait_until(lambda: client.names("pods") == [])
    again = client.wait("jobs", "import", lambda item: "active" not in item["status"])
    assert "failed" not in again["status"]


def test_deleted_job_removes_its_pods(client: WorkloadClient) -> None:
    create(client, "exec sleep 3600")
    wait_until(lambda: client.names("pods"))
    client.delete("jobs", "import")
    wait_until(lambda: client.names("pods") == [])


def test_orphaned_pods_of_a_job_lose_its_finalizer(client: WorkloadClient) -> None:
    create(client, "exec sleep 3600")
    wait_until(lambda: client.names("pods"))
    client.delete("jobs", "import", "Orphan")
    (name,) = client.names("pods")
    client.wait("pods", name, lambda pod: not {"finalizers", "ownerReferences"} & pod["metadata"].keys())


def test_job_is_deleted_after_its_time_to_live(client: WorkloadClient) -> None:
    create(client, "exit 0", ttlSecondsAfterFinished=0)
    finish(client)
    wait_until(lambda: client.get("jobs", "import") is None)
