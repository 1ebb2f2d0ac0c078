"""Run a pod, a command in it, and remove it: the program of docs/migration, with kubernetes."""

from kubernetes import client, config, watch
from kubernetes.client import ApiException
from kubernetes.stream import stream


def main() -> None:
    config.load_kube_config()
    core = client.CoreV1Api()
    container = client.V1Container(name="app", image="busybox:1.37", command=["sh", "-c", "echo ready; sleep 3600"])
    metadata = client.V1ObjectMeta(name="migrated", labels={"app": "migration"})
    pod = client.V1Pod(metadata=metadata, spec=client.V1PodSpec(containers=[container]))
    created = core.create_namespaced_pod("default", pod)
    print("created", created.metadata.name)

    events = watch.Watch()
    for event in events.stream(core.list_namespaced_pod, "default", label_selector="app=migration"):
        if event["object"].status.phase == "Running":
            print("running")
            events.stop()

    print("log:", core.read_namespaced_pod_log("migrated", "default").strip())
    output = stream(
        core.connect_get_namespaced_pod_exec,
        "migrated",
        "default",
        command=["echo", "hello"],
        stdout=True,
        stderr=True,
    )
    print("exec:", output.strip())

    patched = core.patch_namespaced_pod("migrated", "default", {"metadata": {"labels": {"tier": "web"}}})
    print("labels:", patched.metadata.labels)
    for pod in core.list_namespaced_pod("default", label_selector="app=migration,tier=web").items:
        print("listed", pod.metadata.name)

    listed = core.list_namespaced_pod("default", label_selector="app=migration")
    version = listed.metadata.resource_version
    core.delete_namespaced_pod("migrated", "default", grace_period_seconds=0)
    events = watch.Watch()
    for event in events.stream(
        core.list_namespaced_pod, "default", label_selector="app=migration", resource_version=version
    ):
        if event["type"] == "DELETED":
            print("deleted", event["object"].metadata.name)
            events.stop()
    try:
        core.read_namespaced_pod("migrated", "default")
    except ApiException as error:
        print("error:", error.status)


if __name__ == "__main__":
    main()
