"""`Discovery`: find the kinds of a server by their names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar, cast, overload

from typing_extensions import TypeVar as TypeVarWithDefault

from kubex.api._endpoint import check_client
from kubex.client import Client
from kubex.discovery._cache import TableCache
from kubex.discovery._kind_info import KindInfo
from kubex.discovery._kinds import Kinds
from kubex.discovery._missing import kind_unavailable, no_such_kind, no_such_name
from kubex.discovery._table import Table
from kubex.errors import KindUnavailable, NoSuchKind
from kubex.models import DynamicResource, Resource, dynamic_resource
from kubex.models._api_resource import ANY_KIND

R_co = TypeVarWithDefault("R_co", bound=Resource, covariant=True, default=Resource)
T = TypeVar("T")


class Discovery(Generic[R_co]):
    """Finds the kinds of a server by the names that kubectl accepts.

    Args:
        client: the client that sends the requests.
        kinds: the classes that `kind()` and `resource()` return. For other kinds, and without this argument, they
            return dynamic classes, as `dynamic_resource()` does.

    The first call reads all kinds with two requests, and the object keeps them. A kind that is missing causes another
    read, at most once a second. Share one object between tasks: only one of them reads, and the others wait for it.

    Servers without aggregated discovery receive one request for each version of an API group.

    An API group that is not available does not affect the others. See
    https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api.
    """

    @overload
    def __init__(self: Discovery[DynamicResource], client: Client, kinds: None = None) -> None: ...
    @overload
    def __init__(self: Discovery[Resource], client: Client, kinds: Kinds | None) -> None: ...
    def __init__(self, client: Client, kinds: Kinds | None = None) -> None:
        check_client(client)
        self._kinds = kinds if kinds is not None else Kinds()
        self._cache = TableCache(client)

    async def kind(self, api_version: str, kind: str) -> type[R_co]:
        """Return the class of a kind, for `Api`.

        The names are those of objects, with the same case. No request is sent if `kinds` contains the class.

        Raises:
            NoSuchKind: the server does not have the kind.
            KindUnavailable: the API group is not available.

        Example:
            Deployment = await discovery.kind("apps/v1", "Deployment")
            deployments = await Api(Deployment, client, namespace="default").list()
        """
        if (typed := self._kinds.find(api_version, kind)) is not None:
            return cast("type[R_co]", typed)
        return self._class_of(await self._look_up(lambda table: _require_kind(table, api_version, kind)))

    async def resource(self, name: str) -> type[R_co]:
        """Return the class of a kind by one of the names that kubectl accepts, such as `deploy`.

        These are the plural, the singular, a short name or the kind, in any case. The group can follow, and before it
        the version: `deployments`, `deployment`, `deploy`, `deployments.apps`, `deployments.v1.apps`. If several kinds
        have the name, the result is the one of the core group, or else of the group that the server lists first.

        Raises:
            NoSuchKind: the server does not have the kind.
            KindUnavailable: the API group is not available.

        Example:
            Deployment = await discovery.resource("deploy")
            deployments = await Api(Deployment, client, namespace="default").list()
        """
        return self._class_of(await self._look_up(lambda table: _require_name(table, name)))

    async def kinds(
        self,
        *,
        name: str | None = None,
        group: str | None = None,
        category: str | None = None,
        verb: str | None = None,
        namespaced: bool | None = None,
        all_versions: bool = False,
    ) -> list[KindInfo]:
        """Return the kinds of the server, as `kubectl api-resources` lists them.

        Kinds of an API group that is not available are missing, unless the server still lists them.

        Args:
            name: a name as in `resource()`; the kind that `resource()` returns is the first.
            group: an API group; an empty string is the core group.
            category: a category, such as `all`.
            verb: a verb that the kinds support, such as `list`.
            namespaced: whether objects belong to a namespace.
            all_versions: whether the result contains all versions of a kind, and not only the preferred one.

        Example:
            for info in await discovery.kinds(verb="list"):
                print(info.plural, info.short_names, info.api_version, info.namespaced, info.kind)
        """
        table = await self._cache.get()
        if name is not None and not table.find_by_name(name):
            table = await self._cache.after_miss(table)
        infos = list(table.kinds()) if name is None else table.find_by_name(name)
        preferred = set(table.preferred())
        return [
            info
            for info in infos
            if (all_versions or info in preferred)
            and group in (None, info.group)
            and (category is None or category in info.categories)
            and (verb is None or verb in info.verbs)
            and namespaced in (None, info.namespaced)
        ]

    async def has(self, api_version: str, kind: str | None = None) -> bool:
        """Return whether the server has a version of an API group, or a kind in it.

        Raises KindUnavailable if the API group is not available.

        Example:
            if await discovery.has("gateway.networking.k8s.io/v1", "HTTPRoute"):
                print("the Gateway API is installed")
        """
        try:
            await self._look_up(lambda table: _require_version(table, api_version, kind))
        except NoSuchKind:
            return False
        return True

    async def unavailable(self) -> dict[str, str]:
        """Return the versions of API groups that are not available, such as `metrics.k8s.io/v1beta1`, with the reasons.

        Example:
            for api_version, reason in (await discovery.unavailable()).items():
                print(api_version, reason)
        """
        table = await self._cache.get()
        return {each.api_version: each.problem for each in table.versions.values() if each.problem}

    async def refresh(self) -> None:
        """Read the kinds again, for example after you have deleted a CustomResourceDefinition.

        Example:
            await discovery.refresh()
        """
        await self._cache.refresh()

    async def _look_up(self, find: Callable[[Table], T]) -> T:
        """Call `find`; if it raises, call it again with the newest kinds."""
        table = await self._cache.get()
        try:
            return find(table)
        except (NoSuchKind, KindUnavailable):
            newer = await self._cache.after_miss(table)
            if newer is table:
                raise
        return find(newer)

    def _class_of(self, info: KindInfo) -> type[R_co]:
        found = self._kinds.find(info.api_version, info.kind)
        return cast("type[R_co]", found if found is not None else _dynamic_class(info))


def _require_kind(table: Table, api_version: str, kind: str) -> KindInfo:
    info = table.find(api_version, kind)
    _require_available(table, api_version)
    if info is None:
        raise no_such_kind(table, api_version, kind)
    return info


def _require_version(table: Table, api_version: str, kind: str | None) -> None:
    if kind is not None:
        _require_kind(table, api_version, kind)
        return
    _require_available(table, api_version)
    if api_version not in table.versions:
        raise no_such_kind(table, api_version, "")


def _require_name(table: Table, name: str) -> KindInfo:
    found = table.find_by_name(name)
    for info in found:
        if not table.problem(info):
            return info
    for broken in (*(table.versions[info.api_version] for info in found), *table.problems_for_name(name)):
        raise kind_unavailable(broken)
    raise no_such_name(table, name)


def _require_available(table: Table, api_version: str) -> None:
    version = table.versions.get(api_version)
    if version is not None and version.problem:
        raise kind_unavailable(version)


def _dynamic_class(info: KindInfo) -> type[DynamicResource]:
    return dynamic_resource(
        info.api_version,
        info.kind,
        plural=info.plural,
        namespaced=info.namespaced,
        list_kind=ANY_KIND,
        verbs=info.verbs,
        subresources=info.subresources,
    )
