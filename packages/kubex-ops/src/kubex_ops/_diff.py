"""`diff()`: compare the objects of a set with the result of an apply."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from kubex.client import Client
from kubex.core.params import FieldValidationTypes, TimeoutTypes
from kubex.discovery import Discovery
from kubex.errors import ApiWarning, BadRequest, Conflict, KubexError, NotFound
from kubex.manifests import Document
from kubex.models import Resource
from kubex_ops._apply_set_run import ApplySetRun
from kubex_ops._change import Change
from kubex_ops._concurrency import run_concurrently
from kubex_ops._members import Member
from kubex_ops._plan.apply_sets import ApplySet, with_label
from kubex_ops._plan.arguments import check_arguments
from kubex_ops._plan.shown import shown
from kubex_ops._prepare import Item, prepare
from kubex_ops._report import Report, Result
from kubex_ops._requests import ObjectRequests
from kubex_ops.errors import OperationError

# A part of the message with which servers reject a dry run because of a webhook. Only the message shows the reason.
_NO_DRY_RUN = "does not support dry run"
_ATTEMPTS = 4

Query: TypeAlias = dict[str, str | bool | None]


async def diff(
    client: Client,
    objects: Iterable[Document | Resource | Mapping[str, Any]],
    *,
    field_manager: str,
    namespace: str | None = None,
    force: bool = False,
    field_validation: FieldValidationTypes = "Strict",
    apply_set: ApplySet | None = None,
    concurrency: int = 8,
    discovery: Discovery | None = None,
    request_timeout: TimeoutTypes = ...,
) -> list[Change]:
    """Return what `apply()` with the same arguments would change, in the order of the objects. Nothing is changed.

    The server applies each object in a dry run, so defaults, conversions and webhooks are included. If another program
    changes an object in the meantime, the object is compared again.

    Args:
        client: the client that sends the requests.
        objects: documents of `kubex.manifests`, objects or JSON.
        field_manager: the name of your program, as for `apply()`.
        namespace: the namespace of objects that do not have one.
        force: take over fields of other field managers instead of reporting a conflict.
        field_validation: see `Api`.
        apply_set: the set of the objects. The result contains the objects that would be pruned at its end.
        concurrency: the maximum number of requests at a time.
        discovery: the kinds of the server, if you already have them.
        request_timeout: the time limit of each request.

    Raises:
        OperationError: the server rejects an object, for example because of a conflict. `report` of the error has the
            result of each object.

    See https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run.

    Example:
        documents = load("{apiVersion: v1, kind: ConfigMap, metadata: {name: colors}, data: {sky: blue}}")
        for change in await diff(client, documents, field_manager="painter"):
            print(change.text(), end="")
    """
    check_arguments(field_manager=field_manager, concurrency=concurrency, wait=False, timeout=None)
    discovery = discovery if discovery is not None else Discovery(client)
    requests = ObjectRequests(client, request_timeout)
    items = await prepare(requests, discovery, objects, namespace)
    run: ApplySetRun | None = None
    if apply_set is not None:
        apply_set = apply_set.with_namespace(namespace, client.configuration.namespace)
        run = await ApplySetRun.start(requests, discovery, apply_set, items, concurrency=concurrency, dry_run=True)
    query: Query = {
        "fieldManager": field_manager,
        "fieldValidation": str(field_validation),
        "force": force or None,
        "dryRun": "All",
    }
    comparison = _Comparison(requests, query, items, apply_set)
    compared = await run_concurrently(concurrency, comparison.compare, items)
    changes = [each for each in compared if isinstance(each, Change)]
    if len(changes) < len(compared):
        report = Report(tuple(each.result if isinstance(each, Change) else each for each in compared))
        raise OperationError(report) from report.failures[0].error
    if run is None:
        return changes
    unwanted = await run.unwanted(comparison.applied)
    return changes + await run_concurrently(concurrency, comparison.prune, unwanted)


class _Comparison:
    """Compares documents with the objects on a server."""

    def __init__(
        self,
        requests: ObjectRequests,
        query: Query,
        items: Iterable[Item],
        apply_set: ApplySet | None,
    ) -> None:
        self._requests = requests
        self._query = query
        self._namespaces = {item.name for item in items if item.kind == "Namespace"}
        self._apply_set = apply_set
        self.applied: list[dict[str, Any]] = []

    async def compare(self, item: Item) -> Change | Result:
        """Return the change of an object, or a result with the error of the server."""
        body = item.body if self._apply_set is None else with_label(self._apply_set, item.body)
        if item.path is None:
            if item.error is not None:
                return Result(item.document, "failed", error=item.error)
            return Change(item.document, *shown(None, body), checked=False)  # the set defines the kind
        try:
            before, after = await self._states(item.path, body)
        except NotFound as error:
            if item.namespace not in self._namespaces:
                return Result(item.document, "failed", error=error)
            return Change(item.document, *shown(None, body), checked=False)
        except BadRequest as error:
            if _NO_DRY_RUN not in error.message:
                return Result(item.document, "failed", error=error)
            live = await self._requests.get(item.path)
            return Change(item.document, *shown(live, live), checked=False, error=error)
        except (KubexError, ApiWarning) as error:
            return Result(item.document, "failed", error=error)
        self.applied.append(after)
        return Change(item.document, *shown(before, after))

    async def prune(self, member: Member) -> Change:
        """Return the change of an object that would be pruned."""
        return Change(member.document, *shown(await self._requests.get(member.path), None))

    async def _states(self, path: str, body: Mapping[str, Any]) -> tuple[dict[str, Any] | None, dict[str, Any]]:
        """Return the object before and after a dry run of an apply.

        The revision that was read is sent, so that the two states differ only by the apply. As in kubectl, the last
        attempt is without it.
        """
        attempt = 1
        while True:
            before = await self._requests.get(path)
            is_last = attempt == _ATTEMPTS
            sent = body if before is None or is_last else _with_revision(body, before["metadata"]["resourceVersion"])
            try:
                return before, (await self._requests.apply(path, sent, self._query)).object
            except Conflict as error:
                if is_last or any(cause.reason == "FieldManagerConflict" for cause in error.causes):
                    raise
            attempt += 1


def _with_revision(body: Mapping[str, Any], revision: str) -> dict[str, Any]:
    return {**body, "metadata": {**body["metadata"], "resourceVersion": revision}}
