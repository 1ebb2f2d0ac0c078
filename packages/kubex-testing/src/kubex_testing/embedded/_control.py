"""The control endpoint: other processes inject faults and change the state of the server through HTTP."""

import asyncio
import dataclasses
import json
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from kubex_testing._objects.json_types import JsonObject, is_object

from . import _errors as errors
from ._auth import ADMIN, Authenticator
from ._control_arguments import call
from ._encode import dumps
from ._faults.base import Fault, FaultAction
from ._faults.conditions import ExpireContinue, Lag, NoBookmarks, NoStreamingList, Replay
from ._faults.responses import AddHeaders, Answer, Delay, Drop, Slow, Throttle
from ._faults.watches import EndWatch, ErrorEvent, Garble, Silence
from ._messages import RecordedRequest, Response
from ._negotiation import JSON
from ._pod_methods import PodMethods
from ._snapshots import Snapshot, SnapshotMethods
from ._state_methods import StateMethods

PREFIX = "/kubex-testing/"
MAX_SNAPSHOTS = 20
FAULTS: Mapping[str, Callable[..., FaultAction]] = {
    fault.__name__: fault
    for fault in (
        *(Answer, Throttle, Drop, Delay, AddHeaders, Slow, Lag, ExpireContinue),
        *(EndWatch, ErrorEvent, Silence, Garble, Replay, NoStreamingList, NoBookmarks),
    )
}
ACTIONS = (
    *("load", "remove", "reset", "compact", "rewind", "clear_writes", "hold", "release"),
    *("close_watches", "bookmark_now", "set_clock_rate", "advance_clock", "run_pods", "run_workloads"),
    *("pods.finish", "pods.crash", "pods.recover", "pods.hold", "pods.release", "cronjobs.trigger"),
)


class ControlledServer(SnapshotMethods, StateMethods, PodMethods):
    """The methods that the endpoint uses."""


class Control:
    """Handle the requests below `/kubex-testing/` of an administrator."""

    def __init__(self, server: ControlledServer, authenticator: Authenticator) -> None:
        self._server = server
        self._authenticator = authenticator
        self._faults: dict[int, tuple[Fault, JsonObject]] = {}
        self._latest = 0
        self._snapshots: dict[int, Snapshot] = {}
        self._latest_snapshot = 0

    async def handle(self, request: RecordedRequest) -> Response:
        """Handle one request. It is not recorded, and faults do not apply to it."""
        try:
            self._authorize(request)
            # In a separate thread, because the methods of the server wait for its event loop.
            status, document = await asyncio.to_thread(self._respond, request)
        except errors.ApiError as error:
            status, document = error.code, error.status()
        except (ValueError, KeyError, RuntimeError, TimeoutError) as error:
            status, document = 400, errors.bad_request(str(error.args[0])).status()
        return Response(status, [("Content-Type", JSON)], dumps(document) + b"\n")

    def _authorize(self, request: RecordedRequest) -> None:
        if not set(ADMIN.groups) & set(self._authenticator.authenticate(request).groups):
            raise errors.forbidden_path("only an administrator can use the control endpoint")

    def _respond(self, request: RecordedRequest) -> tuple[int, JsonObject]:
        method, (section, *names) = request.method, request.segments()[1:] or [""]
        name = names[0] if names else ""
        if section == "faults":
            return self._respond_about_faults(method, name, request)
        if (method, section) == ("POST", "actions"):
            if name not in ACTIONS:
                raise ValueError(f"there is no action {name!r}; the actions are: {', '.join(ACTIONS)}")
            call(attrgetter(name)(self._server), _body(request))
            return 200, {"revision": self._server.revision}
        if (method, section) == ("POST", "snapshots"):
            return self._respond_about_snapshots(names)
        if (method, section) == ("GET", "state") and name:
            namespace = request.query.get("namespace", [None])[0]
            return 200, {"revision": self._server.revision, "items": self._server.state(name, namespace=namespace)}
        if (method, section) == ("GET", "writes"):
            return 200, {"items": [dataclasses.asdict(write) for write in self._server.writes]}
        known = "faults, actions/NAME, snapshots, snapshots/ID/restore, state/RESOURCE, writes"
        raise errors.ApiError(404, "NotFound", f"{method} {request.path} is not available; the paths are: {known}")

    def _respond_about_snapshots(self, names: list[str]) -> tuple[int, JsonObject]:
        """Take a snapshot, or restore the one that the path names."""
        if not names:
            snapshot = self._server.snapshot()
            self._latest_snapshot += 1
            self._snapshots[self._latest_snapshot] = snapshot
            # Limit them, because each one keeps the objects of its time in memory.
            self._snapshots.pop(self._latest_snapshot - MAX_SNAPSHOTS, None)
            return 201, {"id": self._latest_snapshot, "revision": snapshot.revision}
        number = int(names[0]) if names[0].isdecimal() else 0
        if number not in self._snapshots or names[1:] != ["restore"]:
            message = (
                f"there is no snapshot {names[0]}, or the path is not ID/restore; the latest {MAX_SNAPSHOTS} exist"
            )
            raise errors.ApiError(404, "NotFound", message)
        self._server.restore(self._snapshots[number])
        return 200, {"revision": self._server.revision}

    def _respond_about_faults(self, method: str, name: str, request: RecordedRequest) -> tuple[int, JsonObject]:
        if method == "POST" and not name:
            return 201, self._inject(_body(request))
        if method == "DELETE" and not name:
            self._faults.clear()
            self._server.clear_faults()
            return 200, {"items": []}
        if method == "GET" and not name:
            return 200, {"items": [self._describe(number) for number in self._faults]}
        if method in ("GET", "DELETE"):
            number = int(name) if name.isdecimal() else 0
            if number not in self._faults:
                raise errors.ApiError(404, "NotFound", f"there is no fault {name}")
            description = self._describe(number)
            if method == "DELETE":
                self._faults.pop(number)[0].remove()
            return 200, description
        raise errors.method_not_allowed()

    def _inject(self, body: JsonObject) -> JsonObject:
        if unknown := body.keys() - {"match", "fault", "arguments", "times"}:
            raise ValueError(f"unknown field {min(unknown)!r}; the fields are: match, fault, arguments, times")
        name, matcher, times = body.get("fault"), body.get("match"), body.get("times", 1)
        if not isinstance(name, str) or name not in FAULTS:
            raise ValueError(f"there is no fault {name!r}; the faults are: {', '.join(FAULTS)}")
        if not isinstance(matcher, str):
            raise ValueError(f"match must be a string such as 'watch pods', not {matcher!r}")
        if times is not None and (not isinstance(times, int) or times < 1):
            raise ValueError(f"times must be a positive number or null, not {times!r}")
        arguments = body.get("arguments", {})
        if not is_object(arguments):
            raise ValueError(f"arguments must be an object, not {arguments!r}")
        fault = self._server.inject(matcher, call(FAULTS[name], arguments), times=times)
        self._latest += 1
        self._faults[self._latest] = (fault, {"match": matcher, "fault": name, "arguments": arguments, "times": times})
        return self._describe(self._latest)

    def _describe(self, number: int) -> JsonObject:
        fault, description = self._faults[number]
        return {"id": number, **description, "hits": fault.hits}


def _body(request: RecordedRequest) -> dict[str, Any]:
    if not request.body:
        return {}
    document = json.loads(request.body)
    if not is_object(document):
        raise ValueError(f"the body must be a JSON object, not {document!r}")
    return document
