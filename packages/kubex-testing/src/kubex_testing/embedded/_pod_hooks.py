"""`EmbeddedServer.pods`: what happens in the containers of pods."""

import asyncio
from collections.abc import Callable
from fnmatch import fnmatchcase

from kubex_testing._objects.json_types import JsonObject, array_at

from ._cluster import Cluster
from ._controllers import Controllers
from ._loop_thread import LoopThread
from ._pod_endings import crashed_status, finished_status, is_started, is_waiting, recovered_status
from ._pod_status import is_running
from ._store import Event


class PodHooks:
    """End, crash and hold the pods of a server that runs them.

    `name` is a name, or a pattern with `*` such as `import-*`, because most controllers generate the names of their
    pods. The methods can be called from any thread.
    """

    def __init__(self, cluster: Cluster, thread: LoopThread, controllers: Controllers) -> None:
        self._cluster, self._thread, self._controllers = cluster, thread, controllers

    def finish(
        self,
        name: str,
        *,
        namespace: str = "default",
        exit_code: int = 0,
        container: str | None = None,
        timeout: float = 5.0,
    ) -> list[str]:
        """End the containers of the running pods that match, and return the names of the pods.

        The restart policy decides what follows. With `Never`, or with `OnFailure` and the exit code 0, the phase of the
        pod becomes `Succeeded` or `Failed` after all its containers have ended. Otherwise the containers start again,
        and `restartCount` grows.

        The method waits up to `timeout` seconds until a pod matches.

        Args:
            name: a name or a pattern.
            container: the container to end; None for all of them.

        Raises:
            TimeoutError: no running pod matched.
            RuntimeError: the server does not run pods.

        Example:
            server.pods.finish("web-*", exit_code=1)
            pod = await pods.get("web-0")
            assert pod.status is not None and pod.status.container_statuses is not None
            assert pod.status.container_statuses[0].restart_count == 1
        """
        return self._change(
            name, namespace, container, timeout, is_running, lambda pod: finished_status(pod, container, exit_code)
        )

    def crash(
        self,
        name: str,
        *,
        namespace: str = "default",
        exit_code: int = 1,
        container: str | None = None,
        timeout: float = 5.0,
    ) -> list[str]:
        """Crash the containers of the running pods that match, and return the names of the pods.

        The containers are not ready and wait for their restart, with the reason `CrashLoopBackOff`, until `recover()`.
        Each call increases `restartCount`. The method waits up to `timeout` seconds until a pod matches.

        Raises:
            ValueError: the restart policy of a pod is `Never`; use `finish(..., exit_code=1)`.
            TimeoutError: no running pod matched.
            RuntimeError: the server does not run pods.

        Example:
            server.pods.crash("web-0")
            status = (await pods.get("web-0")).to_dict()["status"]["containerStatuses"][0]
            assert status["state"]["waiting"]["reason"] == "CrashLoopBackOff"
            server.pods.recover("web-0")
        """

        def crash(pod: JsonObject) -> JsonObject:
            if pod["spec"].get("restartPolicy") == "Never":
                pod_name = pod["metadata"]["name"]
                raise ValueError(
                    f"the containers of the pod {pod_name!r} do not restart, because its restartPolicy is Never; "
                    "use finish() with an exit code"
                )
            return crashed_status(pod, container, exit_code)

        return self._change(name, namespace, container, timeout, is_started, crash)

    def recover(
        self, name: str, *, namespace: str = "default", container: str | None = None, timeout: float = 5.0
    ) -> list[str]:
        """Start the crashed containers of the pods that match, and return the names of the pods.

        The method waits up to `timeout` seconds until a pod matches.

        Raises:
            TimeoutError: no pod with a crashed container matched.
            RuntimeError: the server does not run pods.
        """
        return self._change(
            name, namespace, container, timeout, is_waiting, lambda pod: recovered_status(pod, container)
        )

    def hold(self, name: str, *, namespace: str = "default") -> None:
        """Keep later pods that match in the phase `Pending`, as if no node had enough resources, until `release()`.

        Call it before the pods are created. Pods that already run are not affected.
        """
        self._thread.call(lambda: self._controllers.kubelet.scheduler.hold(namespace, name))

    def release(self, name: str, *, namespace: str = "default") -> None:
        """Undo `hold()` for the same name or pattern, and start the pods that waited.

        Raises:
            ValueError: the pattern is not held.
        """

        def release() -> None:
            if not self._controllers.kubelet.scheduler.release(namespace, name):
                raise ValueError(f"{name!r} in the namespace {namespace!r} is not held; call hold() with the same name")
            self._controllers.kubelet.reconcile_waiting()

        self._thread.call(release)

    def _change(
        self,
        name: str,
        namespace: str,
        container: str | None,
        timeout: float,
        in_state: Callable[[JsonObject], bool],
        change: Callable[[JsonObject], JsonObject],
    ) -> list[str]:
        """Change the status of pods that have a container in a state, and wait for the first of them."""
        if not self._controllers.kubelet.started:
            raise RuntimeError("the server does not run pods; call run_pods() or run_workloads() first")

        def matches(key: str) -> bool:
            pod = self._cluster.store.bucket("pods.").objects[key].object
            if "deletionTimestamp" in pod["metadata"] or not fnmatchcase(pod["metadata"]["name"], name):
                return False
            statuses = array_at(pod, "status", "containerStatuses")
            return any(item["name"] == (container or item["name"]) and in_state(item) for item in statuses)

        async def run() -> list[str]:
            keys = await self._wait(namespace, matches, timeout, name)
            for key in keys:
                self._controllers.kubelet.change_status(key, change)
            return [key.partition("/")[2] for key in keys]

        return self._thread.run(run())

    async def _wait(self, namespace: str, matches: Callable[[str], bool], timeout: float, name: str) -> list[str]:
        """Return the keys of the pods that match, as soon as there is one."""
        changed, bucket = asyncio.Event(), self._cluster.store.bucket("pods.")

        def notify(_event: Event) -> None:
            changed.set()

        async def find() -> list[str]:
            while not (keys := [key for key in bucket.keys_with_prefix(f"{namespace}/") if matches(key)]):
                changed.clear()
                await changed.wait()
            return keys

        bucket.listeners.add(notify)
        try:
            return await asyncio.wait_for(find(), timeout)
        # This is not the built-in TimeoutError in Python 3.10.
        except asyncio.TimeoutError:
            raise TimeoutError(
                f"no container of a pod {name!r} in the namespace {namespace!r} reached the expected state within "
                f"{timeout:g} s; check the name, the namespace and the phase of the pod"
            ) from None
        finally:
            bucket.listeners.discard(notify)
