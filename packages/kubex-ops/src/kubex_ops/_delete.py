"""`delete()`: delete the objects of a set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import EllipsisType
from typing import Any

import anyio

from kubex.client import Client
from kubex.core.params import PropagationPolicyTypes, TimeoutTypes
from kubex.discovery import Discovery
from kubex.errors import ApiWarning, KubexError, NoSuchKind, NotFound
from kubex.manifests import Document
from kubex.models import Resource
from kubex_ops._concurrency import run_concurrently
from kubex_ops._plan.arguments import check_arguments
from kubex_ops._plan.phases import in_phases
from kubex_ops._plan.responses import uid_in_response
from kubex_ops._prepare import Item, prepare
from kubex_ops._recorder import OnResult, Recorder
from kubex_ops._report import Report, Result
from kubex_ops._requests import ObjectRequests
from kubex_ops._waiting import pending_of, wait_for_all
from kubex_runtime.conditions import deleted


async def delete(
    client: Client,
    objects: Iterable[Document | Resource | Mapping[str, Any]],
    *,
    namespace: str | None = None,
    propagation_policy: PropagationPolicyTypes = "Background",
    dry_run: bool = False,
    wait: bool = False,
    timeout: float | EllipsisType | None = ...,
    concurrency: int = 8,
    on_result: OnResult | None = None,
    discovery: Discovery[Any] | None = None,
    request_timeout: TimeoutTypes = ...,
) -> Report:
    """Delete the objects of a set, like `kubectl delete --ignore-not-found`.

    The phases are those of `apply()`, in the opposite order: Namespaces and CustomResourceDefinitions are deleted at
    the end. Only the name, the namespace and the kind of an object matter. Objects that do not exist are not an error;
    the outcome is `missing`.

    Args:
        client: the client that sends the requests.
        objects: documents of `kubex.manifests`, objects of models, or JSON.
        namespace: the namespace of objects that do not have one; by default that of the client's configuration.
        propagation_policy: when dependent objects are deleted: "Background", "Foreground" or "Orphan".
        dry_run: the server checks the requests, but deletes nothing.
        wait: wait until the objects of a phase no longer exist before the next phase begins, and until those of the
            last phase no longer exist.
        timeout: the time limit for all waiting, in seconds, or None for no limit. It is required with `wait`.
        concurrency: the maximum number of requests at a time.
        on_result: called with the result of each object as soon as its deletion is requested.
        discovery: the kinds of the server, if you already have them.
        request_timeout: the time limit of each request.

    Returns:
        The result of each object, in the order of `objects`.

    Raises:
        OperationError: an object could not be deleted, or still exists at the end of `timeout`. The `report` of the
            error has all results.
        ManifestError, NamespaceError, ConfigurationError: see `apply()`.

    See https://kubernetes.io/docs/concepts/architecture/garbage-collection/#cascading-deletion.

    Example:
        documents = load("{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}}")
        report = await delete(client, documents, wait=True, timeout=60)
        print(report)
    """
    limit = check_arguments(concurrency=concurrency, wait=wait, timeout=timeout)
    discovery = discovery if discovery is not None else Discovery(client)
    requests = ObjectRequests(client, request_timeout)
    items = await prepare(requests, discovery, objects, namespace, same_content=False)
    recorder = Recorder(items, on_result)
    deletion = _Deletion(requests, recorder, propagation_policy, dry_run=dry_run, concurrency=concurrency)
    for phase in reversed(in_phases(items)):
        if recorder.has_failed:
            recorder.skip(phase)
            continue
        await deletion.run(phase)
        if wait and not dry_run:
            await deletion.wait(phase, limit)
    return recorder.report()


class _Deletion:
    """One call of `delete()`."""

    def __init__(
        self,
        requests: ObjectRequests,
        recorder: Recorder,
        propagation_policy: PropagationPolicyTypes,
        *,
        dry_run: bool,
        concurrency: int,
    ) -> None:
        self._requests = requests
        self._recorder = recorder
        self._propagation_policy: PropagationPolicyTypes = propagation_policy
        self._dry_run = dry_run
        self._concurrency = concurrency
        self._waited = 0.0

    async def run(self, phase: Sequence[Item]) -> None:
        """Request the deletion of the objects of a phase."""
        await run_concurrently(self._concurrency, self._delete, phase)

    async def wait(self, phase: Sequence[Item], timeout: float | None) -> None:
        """Wait until the objects of a phase no longer exist. The time limit includes earlier calls."""
        results = [(item, self._recorder.result_of(item)) for item in phase]
        pending = [
            (item, pending_of(item, result, deleted(uid_in_response(result.object or {}))))
            for item, result in results
            if result.outcome == "deleted"
        ]
        start = anyio.current_time()
        remaining = None if timeout is None else max(timeout - self._waited, 0)
        await wait_for_all(self._requests.client, [each for _, each in pending], remaining)
        self._waited += anyio.current_time() - start
        for item, each in pending:
            if each.error is not None:
                self._recorder.fail(item, each.error)

    async def _delete(self, item: Item) -> None:
        self._recorder.add(item, await self._result(item))

    async def _result(self, item: Item) -> Result:
        if item.path is None:
            is_missing = item.error is None or isinstance(item.error, NoSuchKind)
            return Result(
                item.document, "missing" if is_missing else "failed", error=None if is_missing else item.error
            )
        try:
            body = await self._requests.delete(
                item.path, propagation_policy=self._propagation_policy, dry_run=self._dry_run
            )
        except NotFound:
            return Result(item.document, "missing")
        except (KubexError, ApiWarning) as error:
            return Result(item.document, "failed", error=error)
        return Result(item.document, "deleted", body)
