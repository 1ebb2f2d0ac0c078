"""Followers and informers on a real control plane, which is killed and restored, with and without initial events.

The programs need some seconds for each start. So each test fails once, for the followers and informers of all pairs.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from typing import Any, TypeVar

import anyio
import anyio.to_thread
import pytest

from kubex.api import Api
from kubex.client import Client, create_client
from kubex.errors import Expired, Forbidden, KubexError
from kubex.models import ObjectMeta, Resource
from kubex_k8s.v1_37.apiextensions.v1 import CustomResourceDefinition
from kubex_k8s.v1_37.core.v1 import ConfigMap, Namespace
from kubex_k8s.v1_37.rbac.v1 import ClusterRole, ClusterRoleBinding, PolicyRule, RoleRef, Subject
from kubex_runtime._machine.reflector import Reflector
from kubex_runtime._machine.timing import Timing
from kubex_testing.controlplane import ControlPlane, ControlPlaneUnavailable
from runtime.following import create, delete, modify
from runtime.object_view import State, state_of
from runtime.restartable_control_plane import API_SERVER, ETCD, RestartableControlPlane
from runtime.watchers import TIMEOUT, Watchers
from runtime.widgets import WIDGETS, Widget
from support.backend_pairs import BACKENDS
from support.relay import relay_to

R = TypeVar("R", bound=Resource)

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings("ignore:unclosed transport:ResourceWarning"),
]


@pytest.fixture(scope="module", params=[True, False], ids=["watch-list", "no-watch-list"])
def control_plane(request: pytest.FixtureRequest) -> Iterator[RestartableControlPlane]:
    """Start a control plane that compacts its history every second, with and without initial events of watches."""
    gates = f"--feature-gates=WatchList={str(request.param).lower()}"
    plane = ControlPlane(
        controller_manager=False,
        kubelet=False,
        extra_apiserver_args=["--etcd-compaction-interval=1s", gates],
    )
    try:
        yield RestartableControlPlane(plane)
    except ControlPlaneUnavailable as error:
        pytest.skip(str(error))
    finally:
        plane.stop()


@pytest.fixture
def anyio_backend() -> str:
    """Change objects on asyncio. The watchers of all pairs run in other threads."""
    return "asyncio"


@pytest.fixture
async def client(control_plane: RestartableControlPlane) -> AsyncIterator[Client]:
    """Return a client for the administrator, in a new namespace."""
    backend = BACKENDS["aiohttp"]
    async with create_client(control_plane.handle.configuration(), client_class=backend) as client:
        namespace = await Api(Namespace, client).create(Namespace(metadata=ObjectMeta(generate_name="follow-")))
    configuration = control_plane.handle.configuration(namespace=namespace.metadata.name)
    async with create_client(configuration, client_class=backend) as client:
        yield client


@pytest.fixture
def api(client: Client) -> Api[ConfigMap]:
    """Return the API of ConfigMaps."""
    return Api(ConfigMap, client)


@pytest.fixture
def watchers() -> Watchers[ConfigMap]:
    """Return the watchers of ConfigMaps."""
    return Watchers(ConfigMap, optional=False)


@pytest.fixture
def short_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    """End watches after 2 seconds, and check the version of the server after 1 second without an event."""
    defaults: Any = Reflector.__init__.__kwdefaults__
    monkeypatch.setitem(defaults, "timing", Timing(watch_seconds=(2, 2), probe_after=1.0))


async def run(function: Callable[[], object]) -> None:
    await anyio.to_thread.run_sync(function)


async def eventually(call: Callable[[], Awaitable[object]]) -> None:
    """Repeat a call until the server accepts it."""
    with anyio.fail_after(TIMEOUT):
        while not await succeeds(call):  # noqa: ASYNC110 - the server does not send an event
            await anyio.sleep(0.05)  # real time: the server does not report that it is ready


async def wait_until_compacted(api: Api[ConfigMap], revision: str | None) -> None:
    """Wait until the server no longer has a revision."""
    with anyio.fail_after(TIMEOUT):
        while True:
            try:
                await api.list(resource_version=revision, resource_version_match="Exact")
            except Expired:
                return
            await anyio.sleep(0.1)  # real time: the server does not send an event


async def succeeds(call: Callable[[], Awaitable[object]]) -> bool:
    try:
        await call()
    except (KubexError, AssertionError):
        return False
    return True


async def state(api: Api[R]) -> Mapping[str, State]:
    """Return the objects of the server."""
    return {str(item.metadata.name): state_of(item) for item in await api.list()}


async def test_watchers_receive_the_existing_objects_and_then_each_change(
    api: Api[ConfigMap], watchers: Watchers[ConfigMap]
) -> None:
    await create(api, "a", "b")
    with watchers.running(api.client.configuration):
        await watchers.converge(await state(api))
        assert_each(watchers, ["added a", "added b", "synced"])
        await create(api, "c")
        await modify(api, "a", "x")
        await delete(api, "b")
        await watchers.converge(await state(api))
        assert_each(watchers, ["modified a", "deleted b", "added c"])


@pytest.mark.parametrize("program", [API_SERVER, ETCD])
async def test_killed_program_loses_no_change(
    api: Api[ConfigMap], control_plane: RestartableControlPlane, watchers: Watchers[ConfigMap], program: str
) -> None:
    await create(api, "a", "b", "c")
    with watchers.running(api.client.configuration):
        await watchers.converge(await state(api))
        watchers.take_changes()
        await delete(api, "a")
        await run(lambda: control_plane.kill(program))
        await run(lambda: control_plane.start(program))
        await run(control_plane.wait_until_ready)
        await eventually(lambda: delete(api, "b"))
        await eventually(lambda: create(api, "d"))
        await watchers.converge(await state(api))
        names = [[change.split()[1] for change in changes] for changes in watchers.take_changes().values()]
        assert all(received == ["a", "b", "d"] for received in names), names


async def test_compacted_history_is_replaced_by_a_list(
    api: Api[ConfigMap], control_plane: RestartableControlPlane, watchers: Watchers[ConfigMap]
) -> None:
    await create(api, "a", "b", "c")
    namespace = api.client.configuration.namespace
    async with relay_to(control_plane.handle) as relay:
        with watchers.running(relay.handle.configuration(namespace=namespace)):
            await watchers.converge(await state(api))
            watchers.take_changes()
            relay.refuses = True
            relay.cut()
            # Meanwhile the server compacts its history, and the restart empties its cache of it.
            await delete(api, "a", "b")
            await modify(api, "c", "x")
            missed = (await api.get("c")).metadata.resource_version
            await create(api, "a")
            await wait_until_compacted(api, missed)
            await run(lambda: control_plane.restart(API_SERVER))
            relay.refuses = False
            await watchers.converge(await state(api))
            assert_each(watchers, ["added a", "lost a", "lost b", "modified c"])


@pytest.mark.usefixtures("short_watches")
async def test_restored_storage_is_noticed(
    api: Api[ConfigMap], control_plane: RestartableControlPlane, watchers: Watchers[ConfigMap]
) -> None:
    later = [f"later-{number:02}" for number in range(30)]
    await create(api, "a", "b")
    await run(control_plane.save)
    with watchers.running(api.client.configuration):
        await watchers.converge(await state(api))
        await delete(api, "a")
        await modify(api, "b", "x")
        await create(api, *later)
        await watchers.converge(await state(api))
        watchers.take_changes()
        watchers.forget_history()
        await run(control_plane.restore)
        await watchers.converge(await state(api))
        assert_each(watchers, ["added a", "modified b", *(f"lost {name}" for name in later)])
        await eventually(lambda: create(api, "new"))
        await watchers.converge(await state(api))
        assert_each(watchers, ["added new"])


async def test_removed_kind_loses_its_objects_and_can_return(client: Client) -> None:
    definitions, widgets = Api(CustomResourceDefinition, client), Api(Widget, client)
    watchers = Watchers(Widget, optional=True)

    async def is_removed() -> None:
        assert await definitions.get_or_none("widgets.example.com") is None

    with watchers.running(client.configuration):
        for _ in range(2):
            await definitions.create(WIDGETS)
            await eventually(widgets.list)
            await eventually(lambda: widgets.create(Widget(metadata=ObjectMeta(name="a"))))
            await watchers.converge(await state(widgets))
            await definitions.delete("widgets.example.com")
            await eventually(is_removed)
            await watchers.converge({})


@pytest.mark.usefixtures("short_watches")
async def test_revoked_permission_is_waited_for(
    api: Api[ConfigMap], client: Client, control_plane: RestartableControlPlane, watchers: Watchers[ConfigMap]
) -> None:
    namespace = api.client.configuration.namespace
    rules = [PolicyRule(api_groups=[""], resources=["configmaps"], verbs=["list", "watch"])]
    role = await Api(ClusterRole, client).create(ClusterRole(metadata=ObjectMeta(generate_name="reader-"), rules=rules))
    name = role.metadata.name
    assert name is not None

    def binding() -> ClusterRoleBinding:
        return ClusterRoleBinding(
            metadata=ObjectMeta(name=name),
            role_ref=RoleRef(api_group="rbac.authorization.k8s.io", kind="ClusterRole", name=name),
            subjects=[Subject(kind="User", name=name, api_group="rbac.authorization.k8s.io")],
        )

    bindings = Api(ClusterRoleBinding, client)
    await bindings.create(binding())
    configuration = control_plane.handle.as_user(name).configuration(namespace=namespace)
    await create(api, "a")
    async with create_client(configuration, client_class=BACKENDS["aiohttp"]) as reader:
        await eventually(Api(ConfigMap, reader).list)
    with watchers.running(configuration):
        await watchers.converge(await state(api))
        await bindings.delete(name)
        await watchers.fail_with(Forbidden)
        watchers.take_changes()
        await create(api, "b")
        await bindings.create(binding())
        await watchers.converge(await state(api))
        assert_each(watchers, ["added b"])


def assert_each(watchers: Watchers[ConfigMap], expected: list[str]) -> None:
    """Check what each follower has received since the last call, in the order of the names of the objects."""
    taken = watchers.take_changes()
    assert taken == dict.fromkeys(taken, expected)
