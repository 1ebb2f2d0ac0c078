"""Running pods: logs, commands, files, ports and ephemeral containers."""

from kubex_testing.embedded import ContainerProcess, EmbeddedServer
from testing.kubectl import reasons
from testing.kubectl.model import Command, Group, by_hand, commands


async def _copy_stdin(process: ContainerProcess) -> int:
    """Attach as to the process `cat`."""
    while line := await process.stdin.readline():
        await process.stdout.write(line)
    return 0


def _setup(server: EmbeddedServer, namespace: str) -> None:
    """Give the containers of the embedded server the output of the processes on the real server."""
    server.set_pod_log(namespace, "web", "main", b"started\nready\n", ended=False)
    server.set_pod_log(namespace, "web", "sidecar", b"sidecar\n", ended=False)
    server.set_attach_handler(_copy_stdin, namespace=namespace, pod="web", container="sidecar")


GROUPS = (
    Group(
        "pods",
        setup=_setup,
        prepare=("create -f pod.yaml",),
        commands=commands(
            "wait pod/web --for=condition=Ready --timeout=30s",
            "get pod web",
            Command("describe pod web", "exit", reason=reasons.NODE),
            by_hand("wait pod/web --for=jsonpath='{.status.phase}'=Running --timeout=30s"),
            "logs web",
            by_hand("logs web -c sidecar"),
            by_hand(Command("logs web --all-containers --prefix", "lines")),
            by_hand("logs -l app=web --tail=1 -c main"),
            "logs web --timestamps --since=1h",
            by_hand("logs web --limit-bytes=3"),
            Command("logs web --follow", until="ready"),
            Command("logs web --previous", "exit", exit_code=1, reason=reasons.NODE),
            "exec web -- echo hello",
            by_hand("exec web -c sidecar -- echo hello"),
            Command("exec -i web -- cat", stdin="data of stdin\n"),
            Command("exec web -- sh -c 'echo problem >&2; exit 3'", exit_code=3),
            "exec pod/web -- sh -c 'echo text > file.txt'",
            "cp jsonpath.txt web:copied.txt",
            "cp web:copied.txt back.txt",
            "exec web -- cat copied.txt file.txt",
            Command("attach -i web -c sidecar", stdin="one line\n"),
            Command("port-forward pod/web :$PORT", until="Forwarding", connect=True),
            "debug web --image=example/debug:1 --target=main --container=debugger --attach=false -- sleep 60",
            "get pod web -o jsonpath='{.spec.ephemeralContainers[0].name}'",
            by_hand("debug web --image=example/debug:1 --copy-to=web-copy --container=main --attach=false -- sleep 60"),
            by_hand("get pod web-copy -o jsonpath='{.spec.containers[0].image}'"),
            by_hand("delete pod web-copy --now"),
            "run runner --image=example/run:1 --labels=kubex.example/run=true --command -- sleep 3600",
            by_hand("run client --image=example/run:1 --dry-run=client -o yaml"),
            by_hand("wait pod/runner --for=condition=Ready --timeout=30s"),
            by_hand("get pod runner -o jsonpath='{.spec.containers[0].command}'"),
            by_hand(Command("run attached --image=example/run:1 --restart=Never --attach=false --expose --port=80")),
            Command("top pod web", exit_code=1),
            by_hand("delete pod runner --now"),
            "delete pod web --grace-period=0 --force",
            "wait pod/web --for=delete --timeout=30s",
        ),
    ),
)
