"""The connect subresources of pods: exec, attach and portforward, over WebSockets and SPDY.

See https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/.
"""

import asyncio
import json
from contextlib import aclosing
from typing import Literal

from kubex_testing._objects.json_types import JsonObject, array_at

from . import _errors as errors
from ._cluster import Call
from ._containers.channels import PORT_FORWARD, REMOTE_COMMAND, REMOTE_COMMAND_SPDY, V5, Subprotocol
from ._containers.handshake import (
    is_spdy_upgrade,
    is_websocket_upgrade,
    offers_half_close,
    offers_tunnel,
    select_spdy_protocol,
    select_subprotocol,
    upgrade_headers,
)
from ._containers.port_forward import ForwardedPod, PortForward
from ._containers.process import ContainerProcess, ProcessHandler
from ._containers.remote_command import Command, RemoteCommand, StreamOptions
from ._containers.wires import WebSocketWire
from ._messages import RecordedRequest, Response
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
    request, info = call.request, call.info
    ports = _ports(request.query.get("ports", []))
    pod = call.stored().object
    check_node(call, pod)
    forwarded = ForwardedPod(info.namespace, info.name, pod["metadata"]["uid"])
    if is_spdy_upgrade(request) or (is_websocket_upgrade(request) and offers_tunnel(request)):
        from ._containers.spdy_upgrades import port_forward_over_spdy  # a client of these tests rarely uses SPDY

        _check_running(pod, info.name, info.namespace)
        return port_forward_over_spdy(call.cluster.containers, request, forwarded)
    if not is_websocket_upgrade(request):
        raise errors.bad_request("Upgrade request required")
    if not ports:
        raise errors.PlainError(400, 'query parameter "port" is required\n')
    if 0 in ports:
        raise errors.PlainError(400, 'port "0" must be > 0\n')
    _check_running(pod, info.name, info.namespace)
    subprotocol = select_subprotocol(request, PORT_FORWARD)
    session = PortForward(call.cluster.containers, subprotocol, forwarded, ports)
    return Response(101, upgrade_headers(request, subprotocol), upgrade=session.serve)


def _check_running(pod: JsonObject, name: str, namespace: str) -> None:
    if not running_containers(pod):
        raise errors.PlainError(500, f'pod not found ("{name}_{namespace}")')


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
    request = call.request
    spdy = is_spdy_upgrade(request)
    if not spdy and not is_websocket_upgrade(request):
        raise errors.bad_request("Upgrade request required")
    command = _command(call, kind, pod, container)
    problem = command.streams.problem
    # In v5, kube-apiserver opens the WebSocket before it connects to the node.
    v5 = not spdy and offers_half_close(request)
    subprotocol = select_subprotocol(request, (V5,)) if v5 else None
    missing = "" if container in running_containers(pod) else _not_found_message(call, kind, container)
    if subprotocol is None:
        if problem:
            raise errors.PlainError(400, f"{problem}\n")
        if missing:
            raise errors.PlainError(500, missing)
        if spdy:
            subprotocol = select_spdy_protocol(request, REMOTE_COMMAND_SPDY)
        else:
            subprotocol = select_subprotocol(request, REMOTE_COMMAND)
    session = RemoteCommand(call.cluster.containers, command, subprotocol, refusal=problem or missing)
    return _upgrade(request, session, subprotocol, spdy=spdy)


def _upgrade(request: RecordedRequest, session: RemoteCommand, subprotocol: Subprotocol, *, spdy: bool) -> Response:
    if spdy:
        from ._containers.spdy_upgrades import run_over_spdy  # a client of these tests rarely uses SPDY

        return run_over_spdy(session, subprotocol)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, received: bytes) -> None:
        from ._containers.websocket import ServerWebSocket  # imports wsproto, which most tests do not need

        await session.serve(WebSocketWire(ServerWebSocket(reader, writer, received), subprotocol))

    return Response(101, upgrade_headers(request, subprotocol), upgrade=serve)


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
