"""The SharedInformer of the official client, with a handler that counts new objects."""

import threading
import time
from importlib import import_module
from typing import Any

from benchmarks.informers.peers.base import cpu_since, main

# Type checkers run in an environment without this client, so it is imported by name.
k8s: Any = import_module("kubernetes.client")
SharedInformer: Any = import_module("kubernetes.informer").SharedInformer


def follow(url: str, namespace: str, added: int) -> tuple[float, object]:
    """Run an informer until it has received the objects."""
    api = k8s.CoreV1Api(k8s.ApiClient(k8s.Configuration(host=url)))
    informer = SharedInformer(api.list_namespaced_pod, namespace=namespace)
    done, names = threading.Event(), set[str]()

    def count(pod: Any) -> None:
        names.add(pod.metadata.name)
        if len(names) == added:
            done.set()

    informer.add_event_handler("ADDED", count)
    start = time.process_time()
    informer.start()
    done.wait()
    return cpu_since(start), informer  # it is not stopped, which would wait for the next event


if __name__ == "__main__":
    main(follow)
