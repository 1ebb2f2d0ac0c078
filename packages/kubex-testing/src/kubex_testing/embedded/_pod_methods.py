"""The methods of the embedded server for pods and workloads: hooks, containers, logs and files."""

from datetime import datetime

from ._cluster import Cluster
from ._containers.files import ContainerFiles
from ._containers.ports import PortHandler
from ._containers.process import ProcessHandler
from ._controllers import Controllers
from ._cron_job_hooks import CronJobHooks
from ._loop_thread import LoopThread
from ._pod_hooks import PodHooks
from ._pod_logs import ContainerLog, LogSource


class PodMethods:
    """A base class of `EmbeddedServer`."""

    _cluster: Cluster
    _thread: LoopThread
    _controller_runner: Controllers
    _runs_pods: bool
    _runs_workloads: bool
    _keeps_pods = False
    _keeps_workloads = False

    @property
    def pods(self) -> PodHooks:
        """The hooks that end, crash and hold pods."""
        return PodHooks(self._cluster, self._thread, self._controller_runner)

    @property
    def cronjobs(self) -> CronJobHooks:
        """The hook that creates the Jobs of CronJobs."""
        return CronJobHooks(self._cluster, self._thread)

    def run_pods(self) -> None:
        """Run all pods, now and later: they become Running and Ready, and are removed after their deletion.

        The pods that exist are Running when this method returns. Pods without a node are assigned to the node
        `node-1`, which is created. Pods with scheduling gates, or on a node that does not exist, stay Pending. No
        program is started for a pod.
        """
        self._runs_pods = True
        if self._thread.running:
            self._thread.call(self._controller_runner.run_pods)

    def run_workloads(self) -> None:
        """Run all pods, and the controllers that create them, now and later.

        The server then creates pods for ReplicaSets, ReplicationControllers, Deployments, StatefulSets, DaemonSets and
        Jobs, and the addresses of Services. `run_pods()` describes the pods.

        See https://kubernetes.io/docs/concepts/workloads/controllers/.
        """
        self._runs_pods = self._runs_workloads = True
        if self._thread.running:
            self._thread.call(self._controller_runner.run_workloads)

    def _keep_pods(self) -> None:
        """Keep what runs, and the handlers, in later calls of `_reset_pods()`."""
        self._keeps_pods, self._keeps_workloads = self._runs_pods, self._runs_workloads
        self._cluster.containers.keep_handlers()

    def _reset_pods(self) -> None:
        """Undo the methods of this class since `_keep_pods()`, in the thread of the event loop."""
        self._runs_pods, self._runs_workloads = self._keeps_pods, self._keeps_workloads
        if not self._runs_workloads:
            self._controller_runner.stop_workloads()
        if not self._runs_pods:
            self._controller_runner.kubelet.stop()
        self._controller_runner.kubelet.scheduler.release_all()
        self._cluster.containers.reset()
        for log in self._cluster.logs.values():
            log.end()  # requests that follow the log must not wait
        self._cluster.logs.clear()

    def set_exec_handler(
        self,
        handler: ProcessHandler,
        *,
        namespace: str | None = None,
        pod: str | None = None,
        container: str | None = None,
    ) -> None:
        """Run the commands of clients in containers with an async function, instead of the built-in commands.

        The handler receives a `ContainerProcess` and returns the exit code. It runs in the event loop of the server,
        and is cancelled when the client disconnects. None selects all namespaces, pods or containers; the handler that
        was set last has priority. `process.run_builtin()` runs the built-in command.
        """
        self._cluster.containers.exec_handlers.add(handler, namespace, pod, container)

    def set_attach_handler(
        self,
        handler: ProcessHandler,
        *,
        namespace: str | None = None,
        pod: str | None = None,
        container: str | None = None,
    ) -> None:
        """Connect clients that attach to a container with an async function.

        The function has the same form as for `set_exec_handler()`, but its exit code is ignored. Without a handler,
        clients receive the lines that `append_pod_log()` adds, until `end_pod_log()`.
        """
        self._cluster.containers.attach_handlers.add(handler, namespace, pod, container)

    def set_port_target(
        self, port: int, target: PortHandler | int, *, namespace: str | None = None, pod: str | None = None
    ) -> None:
        """Connect clients of port-forward to an async function, or to a port of the loopback interface.

        The function receives a `PortStream`, and the connection is closed when it returns. None selects all namespaces
        or pods; the target that was set last has priority. A port without a target refuses connections.
        """
        self._cluster.containers.port_targets.add(target, namespace, pod, port)

    def set_pod_log(
        self,
        namespace: str,
        name: str,
        container: str,
        content: bytes | LogSource,
        *,
        written: datetime | None = None,
        previous: bool = False,
        ended: bool = True,
    ) -> None:
        """Set the log of a container, as bytes or as a function that returns an async iterable of bytes.

        `written` is the time of the lines (default: now). With `ended=False`, requests that follow the log wait for
        `append_pod_log()`.
        """
        log = ContainerLog(ended=ended)
        if callable(content):
            log.chunks = content
        else:
            log.append(content, written)
        key = (namespace, name, container, previous)
        self._thread.call(lambda: self._cluster.logs.update({key: log}))

    def append_pod_log(self, namespace: str, name: str, container: str, content: bytes) -> None:
        """Add lines to the log of a container. Requests that follow the log receive them at once."""
        self._thread.call(lambda: self._pod_log(namespace, name, container).append(content))

    def end_pod_log(self, namespace: str, name: str, container: str) -> None:
        """Mark the log of a container as complete, which ends the requests that follow it."""
        self._thread.call(self._pod_log(namespace, name, container).end)

    def read_container_file(self, namespace: str, name: str, container: str, path: str) -> bytes:
        """Return the content of a file in the memory of a container.

        Raises:
            KeyError: the pod does not exist.
            OSError: the file does not exist.
        """
        return self._thread.call(lambda: self._files(namespace, name, container).read_bytes(path))

    def write_container_file(
        self, namespace: str, name: str, container: str, path: str, content: bytes, *, mode: int = 0o644
    ) -> None:
        """Create or replace a file in the memory of a container, and create its folders.

        Raises:
            KeyError: the pod does not exist.
        """
        self._thread.call(lambda: self._files(namespace, name, container).write_bytes(path, content, mode))

    def _files(self, namespace: str, name: str, container: str) -> ContainerFiles:
        stored = self._cluster.store.get("pods.", f"{namespace}/{name}")
        if stored is None:
            raise KeyError(f"pod {namespace}/{name} does not exist; create it first")
        return self._cluster.containers.files(stored.object["metadata"]["uid"], container)

    def _pod_log(self, namespace: str, name: str, container: str) -> ContainerLog:
        key = (namespace, name, container, False)
        log = self._cluster.logs.get(key)
        if log is None:
            raise KeyError(f"container {container!r} of pod {namespace}/{name} has no log; call set_pod_log() first")
        return log
