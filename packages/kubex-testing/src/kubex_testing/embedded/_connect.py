"""The connect subresources of pods: exec, attach and portforward, over WebSockets.

See https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/.
"""

import asyncio
import json
from contextlib import aclosing
from typing import Literal

from kubex_testing._objects.json_types import JsonObject, array_at

from . import _errors as errors
from ._cluster import Call
from ._containers.channels import PORT_FORWARD, REMOTE_COMMAND, V5
from ._containers.handshake import is_websocket_upgrade, offers_half_close, select_subprotocol, upgrade_headers
from ._containers.port_forward import PortForward
from ._containers.process import ContainerProcess, ProcessHandler
from ._containers.remote_command import Command, RemoteCommand, StreamOptions
from ._messages import Response
from ._pod_containers import check_node, container_spec, select_container
from ._pod_logs import follow_log
from ._pod_status import running_containers
from ._request_info import parse_boolean

MAX_PORT = 65535
_SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


async def exec_command(call: Call) -> Response:
    """GET or POST …/exec: run a command in a container."""
    return _run(call, "exec")


async def attach(call: Call) -> Response:
    """GET or POST …/attach: connect to the main process of a container."""
    return _run(call, "attach")


async def port_forward(call: Call) -> Response:
    """GET or POST …/portforward: connect to ports of a pod."""
    ports = _ports(call.request.query.get("ports", []))
    pod = call.stored().object
    check_node(call, pod)
    if not is_websocket_upgrade(call.request):
        raise errors.bad_request("Upgrade request required")
    if not ports:
        raise errors.PlainError(400, 'query parameter "port" is required\n')
    if 0 in ports:
        raise errors.PlainError(400, 'port "0" must be > 0\n')
    info = call.info
    if not running_containers(pod):
        raise errors.PlainError(500, f'pod not found ("{info.name}_{info.namespace}")')
    subprotocol = select_subprotocol(call.request, PORT_FORWARD)
    session = PortForward(
        call.cluster.containers, subprotocol, info.namespace, info.name, pod["metadata"]["uid"], ports
    )
    return Response(101, upgrade_headers(call.request, subprotocol), upgrade=session.serve)


def _ports(values: list[str]) -> list[int]:
    """Parse `ports=80&ports=81` or `ports=80,81`. Raises 400."""
    texts = [text for value in values for text in value.split(",")]
    for text in texts:
        valid = text.isascii() and text.isdecimal()
        if not valid or int(text) > MAX_PORT:
            problem = "value out of range" if valid else "invalid syntax"
            quoted = json.dumps(text, ensure_ascii=False)
            raise errors.bad_request(f"cannot convert to []int32: strconv.ParseUint: parsing {quoted}: {problem}")
    return [int(text) for text in texts]


def _run(call: Call, kind: Literal["exec", "attach"]) -> Response:
    pod = call.stored().object
    container = select_container(pod, "".join(call.request.query.get("container", [])[:1]))
    check_node(call, pod)
    if not is_websocket_upgrade(call.request):
        raise errors.bad_request("Upgrade request required")
    command = _command(call, kind, pod, container)
    problem = command.streams.problem
    # In v5, kube-apiserver opens the WebSocket before it connects to the node.
    v5 = offers_half_close(call.request)
    subprotocol = select_subprotocol(call.request, (V5,)) if v5 else None
    missing = "" if container in running_containers(pod) else _not_found_message(call, kind, container)
    if subprotocol is None:
        if problem:
            raise errors.PlainError(400, f"{problem}\n")
        if missing:
            raise errors.PlainError(500, missing)
        subprotocol = select_subprotocol(call.request, REMOTE_COMMAND)
    session = RemoteCommand(call.cluster.containers, command, subprotocol, refusal=problem or missing)
    return Response(101, upgrade_headers(call.request, subprotocol), upgrade=session.serve)


def _not_found_message(call: Call, kind: str, container: str) -> str:
    if kind == "exec":
        return f'container not found ("{container}")'
    return f"container {container} not found in pod {call.info.name}_{call.info.namespace}"


def _command(call: Call, kind: Literal["exec", "attach"], pod: JsonObject, container: str) -> Command:
    query, runtime = call.request.query, call.cluster.containers
    spec, uid = container_spec(pod, container), pod["metadata"]["uid"]
    working_dir = spec.get("workingDir") or "/"
    handlers = runtime.exec_handlers if kind == "exec" else runtime.attach_handlers
    handler = handlers.find(call.info.namespace, call.info.name, container)
    streams = StreamOptions(*(parse_boolean(query, name) for name in ("stdin", "stdout", "stderr", "tty")))
    return Command(
        kind,
        call.info.namespace,
        call.info.name,
        uid,
        container,
        tuple(query.get("command", ())) if kind == "exec" else (),
        _environment(call.info.name, spec, tty=streams.tty),
        working_dir,
        runtime.files(uid, container, working_dir),
        streams,
        handler or (ContainerProcess.run_builtin if kind == "exec" else _main_process(call)),
    )


def _environment(pod: str, spec: JsonObject, *, tty: bool) -> dict[str, str]:
    """Return the variables of a container. Values from other objects are empty."""
    variables = {"PATH": _SEARCH_PATH, "HOSTNAME": pod, "HOME": "/root"}
    if tty:
        variables["TERM"] = "xterm"
    variables.update((item["name"], str(item.get("value", ""))) for item in array_at(spec, "env"))
    return variables


def _main_process(call: Call) -> ProcessHandler:
    """Return the main process of a container without a handler: it writes its log, and ends with it."""

    async def run(process: ContainerProcess) -> int:
        log = call.cluster.logs.get((process.namespace, process.pod, process.container, False))
        if log is None:
            await asyncio.Event().wait()
            return 0
        async with aclosing(follow_log(log)) as chunks:
            async for chunk in chunks:
                await process.stdout.write(chunk)
        return 0

    return run
