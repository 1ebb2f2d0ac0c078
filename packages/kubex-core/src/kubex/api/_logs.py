"""The logs of pods."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, overload

from kubex.api._endpoint import Endpoint
from kubex.api._log_collector import Follow, LogCollector, LogSelection, raise_errors
from kubex.api._log_lines import LogErrorCallback, LogLine
from kubex.api._log_pods import LogPods
from kubex.api._log_stream import LogStream, log_request, open_log
from kubex.api._merged_logs import ContinuousLogStream, MergedLogStream
from kubex.api._options import LogOptions
from kubex.client._client import resolve_timeout, send_request
from kubex.core._http import Response
from kubex.core._selectors import FieldSelectorTypes, LabelSelectorTypes
from kubex.core._wrong_content import check_text
from kubex.core.params import NamespaceTypes, TimeoutTypes
from kubex.errors import ConfigurationError
from kubex.models.markers import HasLogs

_MAX_LOG_REQUESTS = 50


class Logs:
    """The logs of pods: `pods.logs`.

    See https://kubernetes.io/docs/concepts/cluster-administration/logging/.
    """

    def __init__(self, endpoint: Endpoint[HasLogs]) -> None:
        self._endpoint = endpoint

    @overload
    async def get(
        self,
        name: str,
        *,
        container: str | None = None,
        all_containers: Literal[False] = False,
        previous: bool = False,
        since_seconds: int | None = None,
        since_time: datetime | None = None,
        tail_lines: int | None = None,
        limit_bytes: int | None = None,
        timestamps: bool = False,
        namespace: NamespaceTypes = ...,
        request_timeout: TimeoutTypes = ...,
    ) -> str: ...
    @overload
    async def get(
        self,
        name: str,
        *,
        all_containers: Literal[True],
        previous: bool = False,
        since_seconds: int | None = None,
        since_time: datetime | None = None,
        tail_lines: int | None = None,
        limit_bytes: int | None = None,
        timestamps: bool = False,
        namespace: NamespaceTypes = ...,
        request_timeout: TimeoutTypes = ...,
    ) -> list[LogLine]: ...
    async def get(
        self,
        name: str,
        *,
        container: str | None = None,
        all_containers: bool = False,
        previous: bool = False,
        since_seconds: int | None = None,
        since_time: datetime | None = None,
        tail_lines: int | None = None,
        limit_bytes: int | None = None,
        timestamps: bool = False,
        namespace: NamespaceTypes = ...,
        request_timeout: TimeoutTypes = ...,
    ) -> str | list[LogLine]:
        """Return the log of a container as text. Bytes that are not UTF-8 are replaced by U+FFFD.

        With `all_containers=True`, return the lines of all containers that have started: init containers, containers
        and ephemeral containers, one container after the other. The other arguments then apply to each container.

        Args:
            name: the name of the pod.
            container: the name of the container. It is required if the pod has several containers.
            all_containers: return the lines of all containers of the pod.
            previous: return the log of the previous run of the container.
            since_seconds: return only lines of the last seconds.
            since_time: return only lines after this time, a datetime with a time zone.
            tail_lines: return only this number of lines from the end.
            limit_bytes: return at most this number of bytes.
            timestamps: start each line with its time, in RFC 3339 format.

        Raises:
            BadRequest: the container is not specified, does not exist or has not started.
            NotFound: the pod does not exist.
            ConfigurationError: both `since_seconds` and `since_time` are set, or `since_time` does not have a time
                zone.

        Example:
            print(await pods.logs.get("web-0", container="app", tail_lines=20))
            for line in await pods.logs.get("web-0", all_containers=True):
                print(line.container, line.text)
        """
        options = _log_options(
            False, previous, since_seconds, since_time, tail_lines, limit_bytes, timestamps=timestamps
        )
        if all_containers:
            _require_no_container(container)
            pods = self._one_pod(name, namespace, request_timeout)
            return await self._read_all(pods, options, request_timeout)
        request = log_request(self._endpoint, name, options.replace(container=container), namespace, request_timeout)
        return await send_request(self._endpoint.client, request, lambda response: _decode_text(response, request.path))

    @overload
    def stream(
        self,
        name: str,
        *,
        container: str | None = None,
        all_containers: Literal[False] = False,
        follow: bool = True,
        previous: bool = False,
        since_seconds: int | None = None,
        since_time: datetime | None = None,
        tail_lines: int | None = None,
        limit_bytes: int | None = None,
        timestamps: bool = False,
        namespace: NamespaceTypes = ...,
        request_timeout: TimeoutTypes = ...,
    ) -> LogStream: ...
    @overload
    def stream(
        self,
        name: str,
        *,
        follow: Literal["restarts"],
        container: str | None = None,
        all_containers: Literal[False] = False,
        since_seconds: int | None = None,
        since_time: datetime | None = None,
        tail_lines: int | None = None,
        timestamps: bool = False,
        namespace: NamespaceTypes = ...,
        request_timeout: TimeoutTypes = ...,
    ) -> ContinuousLogStream: ...
    @overload
    def stream(
        self,
        name: str,
        *,
        all_containers: Literal[True],
        follow: Follow = True,
        previous: bool = False,
        since_seconds: int | None = None,
        since_time: datetime | None = None,
        tail_lines: int | None = None,
        limit_bytes: int | None = None,
        timestamps: bool = False,
        on_error: LogErrorCallback | None = None,
        namespace: NamespaceTypes = ...,
        request_timeout: TimeoutTypes = ...,
    ) -> MergedLogStream: ...
    def stream(
        self,
        name: str,
        *,
        container: str | None = None,
        all_containers: bool = False,
        follow: Follow = True,
        previous: bool = False,
        since_seconds: int | None = None,
        since_time: datetime | None = None,
        tail_lines: int | None = None,
        limit_bytes: int | None = None,
        timestamps: bool = False,
        on_error: LogErrorCallback | None = None,
        namespace: NamespaceTypes = ...,
        request_timeout: TimeoutTypes = ...,
    ) -> LogStream | ContinuousLogStream | MergedLogStream:
        """Read a log line by line while it is written: `async with pods.logs.stream(name) as log`.

        The iteration ends when the container ends. Leaving the block closes the connection. The other arguments and the
        errors are those of `get()`; errors of the server are raised when the block is entered.

        With `follow="restarts"`, the iteration continues with the next run of the container, and after a lost
        connection. It ends when the container has ended and will not be restarted, or when the pod was deleted.

        With `all_containers=True`, the result is a `MergedLogStream` of `LogLine` objects: the lines of all containers
        as they arrive. The logs of containers that start later are added. The iteration ends after the logs of all
        containers. `since_seconds`, `since_time` and `tail_lines` apply to the containers that have started before.

        Args:
            all_containers: read the logs of all containers: init containers, containers and ephemeral containers.
            follow: with False, the iteration ends at the current end of the log.
            on_error: with `all_containers`, this function is called with the `LogSource` and the exception if the log
                of one container cannot be read; the others continue. By default the logger `kubex.api` emits a warning.
            request_timeout: by default there is no time limit for the stream, only for the response headers.

        Raises:
            ConfigurationError: `follow="restarts"` is combined with `previous` or `limit_bytes`, `all_containers` with
                `container`, or `on_error` is set without `all_containers`.

        Example:
            async with pods.logs.stream("web-0", tail_lines=10) as log:
                async for line in log:
                    print(line)
            async with pods.logs.stream("web-0", all_containers=True) as log:
                async for line in log:
                    print(line.container, line.text)
        """
        options = _log_options(
            follow, previous, since_seconds, since_time, tail_lines, limit_bytes, timestamps=timestamps
        )
        if all_containers:
            _require_no_container(container)
        elif on_error is not None:
            raise ConfigurationError("requires all_containers=True", field="on_error")
        if not all_containers and follow != "restarts":
            return open_log(self._endpoint, name, options.replace(container=container), namespace, request_timeout)
        pods = self._one_pod(name, namespace, request_timeout)
        timeout = resolve_timeout(self._endpoint.client, request_timeout)
        if all_containers:
            selection = LogSelection(pods=pods, options=options, follow=follow, timeout=timeout, on_error=on_error)
            return MergedLogStream(LogCollector(self._endpoint, selection))
        selection = LogSelection(
            pods=pods,
            options=options,
            follow=follow,
            timeout=timeout,
            container=container,
            all_containers=False,
            on_error=raise_errors,
            block='api.logs.stream(name, follow="restarts") as log',
        )
        return ContinuousLogStream(LogCollector(self._endpoint, selection))

    def stream_pods(
        self,
        *,
        label_selector: LabelSelectorTypes = None,
        field_selector: FieldSelectorTypes = None,
        container: str | None = None,
        follow: Follow = True,
        previous: bool = False,
        since_seconds: int | None = None,
        since_time: datetime | None = None,
        tail_lines: int | None = None,
        limit_bytes: int | None = None,
        timestamps: bool = False,
        max_log_requests: int = _MAX_LOG_REQUESTS,
        on_error: LogErrorCallback | None = None,
        namespace: NamespaceTypes = ...,
        request_timeout: TimeoutTypes = ...,
    ) -> MergedLogStream:
        """Read the logs of all pods that match selectors: `async with pods.logs.stream_pods(...) as log`.

        The lines of all containers arrive as they are written. `str(line)` starts with the names of the pod and of the
        container, `line.text` does not. Pods that match later are added, and pods that end are removed, so the
        iteration does not end. With `follow=False`, it ends after the current logs.

        Args:
            container: read only the containers with this name.
            follow: with False, read the current logs. With "restarts", continue with the next run of a container, and
                after a lost connection.
            previous: read the logs of the previous runs; requires `follow=False`.
            since_seconds: see `get()`. This argument, `since_time` and `tail_lines` apply to each container that has
                started before; the logs of later ones are read from their beginning.
            max_log_requests: the maximum number of logs that are followed at the same time; each of them needs a
                connection. A container that starts while there are so many is reported, and read when another one has
                ended. With `follow=False` the others are read afterwards.
            on_error: this function is called with the `LogSource` and the exception if the log of one container cannot
                be read; the others continue. By default the logger `kubex.api` emits a warning.
            namespace: None reads the pods of all namespaces.
            request_timeout: by default there is no time limit for the stream. A total limits the complete iteration, a
                read limit the time without data of each log.

        Raises:
            ConfigurationError: more containers match than `max_log_requests`, or an argument is invalid.

        Example:
            async with pods.logs.stream_pods(label_selector={"app": "web"}) as log:
                async for line in log:
                    print(line)
                    if line.text == "ready":
                        break
        """
        if isinstance(max_log_requests, bool) or not isinstance(max_log_requests, int) or max_log_requests < 1:  # pyright: ignore[reportUnnecessaryIsInstance]
            problem = f"must be an integer of at least 1, not {max_log_requests!r}"
            raise ConfigurationError(problem, field="max_log_requests")
        options = _log_options(
            follow, previous, since_seconds, since_time, tail_lines, limit_bytes, timestamps=timestamps
        )
        timeout = resolve_timeout(self._endpoint.client, request_timeout)
        pods = LogPods(
            self._endpoint,
            namespace=namespace,
            timeout=timeout,
            label_selector=label_selector,
            field_selector=field_selector,
        )
        selection = LogSelection(
            pods=pods,
            options=options,
            follow=follow,
            timeout=timeout,
            container=container,
            max_log_requests=max_log_requests,
            on_error=on_error,
            block="api.logs.stream_pods(...) as log",
        )
        return MergedLogStream(LogCollector(self._endpoint, selection))

    def _one_pod(self, name: str, namespace: NamespaceTypes, timeout: TimeoutTypes) -> LogPods:
        resolved = resolve_timeout(self._endpoint.client, timeout)
        return LogPods(self._endpoint, namespace=namespace, timeout=resolved, name=name)

    async def _read_all(self, pods: LogPods, options: LogOptions, timeout: TimeoutTypes) -> list[LogLine]:
        selection = LogSelection(
            pods=pods,
            options=options,
            follow=False,
            timeout=resolve_timeout(self._endpoint.client, timeout),
            max_log_requests=1,  # so that the lines are in the order of the containers
            on_error=raise_errors,
        )
        lines: list[LogLine] = []
        async with MergedLogStream(LogCollector(self._endpoint, selection)) as log:
            async for batch in log.batches():
                lines += batch
        return lines


def _require_no_container(container: str | None) -> None:
    if container is not None:
        raise ConfigurationError("pass container or all_containers=True, not both", field="container")


def _log_options(
    follow: Follow,
    previous: bool,
    since_seconds: int | None,
    since_time: datetime | None,
    tail_lines: int | None,
    limit_bytes: int | None,
    *,
    timestamps: bool,
) -> LogOptions:
    if follow not in (True, False, "restarts"):
        raise ConfigurationError(f'must be True, False or "restarts", not {follow!r}', field="follow")
    if follow == "restarts":
        for field, value in (("previous", previous or None), ("limit_bytes", limit_bytes)):
            if value is not None:
                raise ConfigurationError('cannot be combined with follow="restarts"', field=field)
    return LogOptions(
        follow=bool(follow) or None,
        previous=previous or None,
        since_seconds=since_seconds,
        since_time=_format_since_time(since_time, since_seconds),
        tail_lines=tail_lines,
        limit_bytes=limit_bytes,
        timestamps=timestamps or None,
    )


def _decode_text(response: Response, path: str) -> str:
    check_text(response.headers, "the log", path=path)
    return response.body.decode("utf-8", "replace")


def _format_since_time(since_time: datetime | None, since_seconds: int | None) -> str | None:
    if since_time is None:
        return None
    if since_seconds is not None:
        raise ConfigurationError("pass since_seconds or since_time, not both", field="since_time")
    if not isinstance(since_time, datetime):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"since_time must be a datetime with a time zone, not {type(since_time).__name__}")
    if since_time.tzinfo is None:
        raise ConfigurationError("must have a time zone, such as datetime.now(timezone.utc)", field="since_time")
    return since_time.isoformat()
