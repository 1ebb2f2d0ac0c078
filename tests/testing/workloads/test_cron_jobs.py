"""The Jobs that a test creates from CronJobs."""

from typing import Any

import pytest

from kubex_testing.embedded import EmbeddedServer
from support.workload_client import WorkloadClient, managers, template


def create_cron_job(client: WorkloadClient) -> Any:
    job_template = {
        "metadata": {"labels": {"team": "a"}, "annotations": {"version": "2"}},
        "spec": {"backoffLimit": 0, "template": template(restartPolicy="Never")},
    }
    return client.create("cronjobs", "report", {"schedule": "0 0 1 1 *", "jobTemplate": job_template})


def test_triggered_job_has_the_template_of_its_cron_job(
    embedded_server: EmbeddedServer, embedded_client: WorkloadClient
) -> None:
    client = embedded_client
    cron_job = create_cron_job(client)
    name = embedded_server.cronjobs.trigger("report", namespace=client.namespace)
    job = client.get("jobs", name)
    assert name.startswith("report-")
    owner = {"apiVersion": "batch/v1", "kind": "CronJob", "name": "report", "uid": cron_job["metadata"]["uid"]}
    assert job["metadata"]["ownerReferences"] == [{**owner, "controller": True}]
    assert job["metadata"]["annotations"] == {"version": "2", "cronjob.kubernetes.io/instantiate": "manual"}
    assert job["metadata"]["labels"]["team"] == "a"
    assert job["spec"]["backoffLimit"] == 0
    assert ("kubectl-create", None) in managers(job)
    embedded_server.pods.finish(f"{name}-*", namespace=client.namespace)
    client.wait("jobs", name, lambda item: item["status"].get("succeeded") == 1)


def test_triggered_job_is_deleted_with_its_cron_job(
    embedded_server: EmbeddedServer, embedded_client: WorkloadClient
) -> None:
    create_cron_job(embedded_client)
    name = embedded_server.cronjobs.trigger("report", namespace=embedded_client.namespace, job="report-1")
    embedded_client.delete("cronjobs", "report")
    embedded_client.wait_until_deleted("jobs", name)


def test_trigger_of_a_missing_cron_job_is_an_error(embedded_server: EmbeddedServer) -> None:
    with pytest.raises(KeyError, match="CronJob default/missing does not exist; create it first"):
        embedded_server.cronjobs.trigger("missing")


def test_trigger_with_a_used_name_is_an_error(embedded_server: EmbeddedServer, embedded_client: WorkloadClient) -> None:
    create_cron_job(embedded_client)
    embedded_server.cronjobs.trigger("report", namespace=embedded_client.namespace, job="report-1")
    with pytest.raises(ValueError, match=r'the Job of CronJob .*/report was rejected: .*"report-1" already exists'):
        embedded_server.cronjobs.trigger("report", namespace=embedded_client.namespace, job="report-1")
