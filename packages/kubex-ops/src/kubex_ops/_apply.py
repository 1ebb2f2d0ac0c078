"""`apply()`: create and change the objects of a set."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import EllipsisType
from typing import Any

from kubex.client import Client
from kubex.core.params import FieldValidationTypes, TimeoutTypes
from kubex.discovery import Discovery
from kubex.manifests import Document
from kubex.models import Resource
from kubex_ops._apply_one import ApplyOptions
from kubex_ops._apply_phases import Application
from kubex_ops._apply_set_run import ApplySetRun
from kubex_ops._plan.apply_sets import ApplySet
from kubex_ops._plan.arguments import check_arguments
from kubex_ops._plan.conditions import WaitTypes, conditions_of
from kubex_ops._prepare import Preparation, prepare
from kubex_ops._recorder import OnResult, Recorder
from kubex_ops._report import Report
from kubex_ops._requests import ObjectRequests


async def apply(
    client: Client,
    objects: Iterable[Document | Resource | Mapping[str, Any]],
    *,
    field_manager: str,
    namespace: str | None = None,
    force: bool = False,
    field_validation: FieldValidationTypes = "Strict",
    dry_run: bool = False,
    migrate_from: Collection[str] | None = None,
    apply_set: ApplySet | None = None,
    wait: WaitTypes = False,
    timeout: float | EllipsisType | None = ...,
    concurrency: int = 8,
    on_result: OnResult | None = None,
    discovery: Discovery[Any] | None = None,
    request_timeout: TimeoutTypes = ...,
) -> Report:
    """Create and change the objects of a set by server-side apply, like `kubectl apply --server-side`.

    The order of the objects does not matter. Namespaces and CustomResourceDefinitions are applied first, then the
    objects that others refer to, such as ConfigMaps and roles, then all others, and at the end webhook configurations
    and APIServices. Each of these phases begins when the one before it has succeeded. Within a phase, all objects are
    tried, `concurrency` at a time. Objects that the server rejects with 403 or 404 are tried again at the end of the
    phase, because another object of the phase can be what they need.

    If apply fails or is cancelled, correct the cause and call it again. The result is the same as if the first call had
    succeeded.

    Args:
        client: the client that sends the requests.
        objects: documents of `kubex.manifests`, objects of models, or JSON. Metadata of the server, such as
            `resourceVersion`, is not sent.
        field_manager: the name of your program. Fields that the same name has applied before, and that are no longer in
            an object, are removed. So two programs must not use the same name.
        namespace: the namespace of objects that do not have one; by default that of the client's configuration.
        force: take over fields of other field managers instead of failing with a Conflict.
        field_validation: what the server does with unknown fields: "Strict", "Warn" or "Ignore".
        dry_run: the server checks everything, but stores nothing. If the set creates the namespace or the definition
            of an object, the server cannot check the object, and its result has `checked=False`.
        migrate_from: the field managers of client-side apply whose fields are taken over. None means those of kubectl,
            and an empty tuple none.
        apply_set: the set of the objects. If all objects are applied, and ready in case of `wait`, the objects that are
            no longer in the set are deleted.
        wait: True waits until the objects are ready: Deployments, StatefulSets and DaemonSets are rolled out, Jobs are
            complete, Pods are ready, claims are bound, APIServices are available. Other kinds are not waited for. A
            mapping from kinds to conditions replaces this table; a kind is a class, or an `apiVersion` with a `kind`.
        timeout: the time limit for waiting, in seconds, or None for no limit. It is required with `wait`.
        concurrency: the maximum number of requests at a time.
        on_result: called with the result of each object as soon as the object is applied, for example for a progress
            bar. Errors of waiting are only in the report.
        discovery: the kinds of the server, if you already have them.
        request_timeout: the time limit of each request.

    Returns:
        The result of each object, in the order of `objects`. The results of objects that were pruned are at the end.

    Raises:
        OperationError: an object has failed; the `report` of the error has all results.
        ApplySetError: `apply_set` belongs to another tool, or an object to another set. Nothing is written.
        ManifestError: an object does not have a name, or is twice in the set with different content. Nothing is sent.
        NamespaceError: an object has another namespace than `namespace`. Nothing is sent.
        ConfigurationError: an argument is not valid. Nothing is sent.

    See https://kubernetes.io/docs/reference/using-api/server-side-apply/.

    Example:
        documents = load("{apiVersion: v1, kind: ConfigMap, metadata: {name: colors}, data: {sky: blue}}")
        report = await apply(client, documents, field_manager="painter")
        print(report)
    """
    limit = check_arguments(field_manager=field_manager, concurrency=concurrency, wait=wait, timeout=timeout)
    conditions = conditions_of(wait)
    discovery = discovery if discovery is not None else Discovery(client)
    requests = ObjectRequests(client, request_timeout)
    items = await prepare(requests, discovery, objects, namespace)
    run: ApplySetRun | None = None
    if apply_set is not None:
        apply_set = apply_set.with_namespace(namespace, client.configuration.namespace)
        run = await ApplySetRun.start(requests, discovery, apply_set, items, concurrency=concurrency, dry_run=dry_run)
    options = ApplyOptions(
        field_manager=field_manager,
        force=force,
        field_validation=field_validation,
        dry_run=dry_run,
        migrate_from=migrate_from,
        apply_set=apply_set,
    )
    recorder = Recorder(items, on_result)
    application = Application(
        requests, discovery, Preparation(requests, discovery, namespace), options, recorder, concurrency
    )
    await application.run(items)
    if not dry_run and not recorder.has_failed:
        await application.wait(items, conditions, limit)
    if run is not None and not recorder.has_failed:
        for result in await run.finish(recorder.objects()):
            recorder.add_other(result)
    return recorder.report()
