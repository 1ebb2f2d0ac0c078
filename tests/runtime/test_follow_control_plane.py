"""`follow()` on a real control plane, which is killed and restored, with and without initial events of watches."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import anyio
import anyio.to_thread
import pytest

from kubex.api import Api
from kubex.client import Client, create_client
from kubex.errors import Forbidden, KubexError
from kubex.models import ObjectMeta
from kubex.transport import Backend
from kubex_k8s.v1_37.apiextensions.v1 import CustomResourceDefinition
from kubex_k8s.v1_37.core.v1 import ConfigMap, Namespace
from kubex_k8s.v1_37.rbac.v1 import ClusterRole, ClusterRoleBinding, PolicyRule, RoleRef, Subject
from kubex_runtime import follow
from kubex_runtime._machine.reflector import Initial
from kubex_runtime._machine.timing import Timing
from kubex_testing.controlplane import ControlPlane, ControlPlaneUnavailable
from runtime.following import FAST, create, delete, modify, take, take_until_synced
from runtime.restartable_control_plane import API_SERVER, ETCD, RestartableControlPlane
from runtime.widgets import WIDGETS, Widget
from support.backend_pairs import PAIRS

TIMEOUT = 60.0

pytestmark = [
    pytest.mark.anyio,
    # The programs need some seconds for each start, so not all pairs are tested.
    pytest.mark.parametrize("pair", [PAIRS[0], PAIRS[2]], indirect=True, ids=str),
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
async def client(control_plane: RestartableControlPlane, backend: Backend) -> AsyncIterator[Client]:
    """Return a client for the administrator, in a new namespace."""
    configuration = control_plane.handle.configuration()
    async with create_client(configuration, client_class=backend) as client:
        namespace = await Api(Namespace, client).create(Namespace(metadata=ObjectMeta(generate_name="follow-")))
    async with create_client(
        control_plane.handle.configuration(namespace=namespace.metadata.name), client_class=backend
    ) as client:
        yield client


@pytest.fixture
def api(client: Client) -> Api[ConfigMap]:
    """Return the API of ConfigMaps."""
    return Api(ConfigMap, client)


async def run(function: Callable[[], object]) -> None:
    await anyio.to_thread.run_sync(function)


async def eventually(call: Callable[[], Awaitable[object]]) -> None:
    """Repeat a call until the server accepts it."""
    with anyio.fail_after(TIMEOUT):
        while not await succeeds(call):  # noqa: ASYNC110 - the server does not send an event
            await anyio.sleep(0.05)  # real time: the server does not report that it is ready


async def succeeds(call: Callable[[], Awaitable[object]]) -> bool:
    try:
        await call()
    except (KubexError, AssertionError):
        return False
    return True


@pytest.mark.parametrize("initial", ["stream", "list", "any"])
async def test_follow_yields_the_existing_objects_and_then_each_change(api: Api[ConfigMap], initial: Initial) -> None:
    await create(api, "a", "b")
    async with follow(api, initial=initial, backoff=FAST) as changes:
        assert await take_until_synced(changes) == ["added a", "added b"]
        await create(api, "c")
        await modify(api, "a", "x")
        await delete(api, "b")
        assert await take(changes, 3) == ["added c", "modified a", "deleted b"]


@pytest.mark.parametrize("program", [API_SERVER, ETCD])
async def test_killed_program_loses_no_change(
    api: Api[ConfigMap], control_plane: RestartableControlPlane, program: str
) -> None:
    await create(api, "a", "b", "c")
    async with follow(api, backoff=FAST) as changes:
        await take_until_synced(changes)
        await delete(api, "a")
        await run(lambda: control_plane.kill(program))
        await run(lambda: control_plane.start(program))
        await run(control_plane.wait_until_ready)
        await eventually(lambda: delete(api, "b"))
        await eventually(lambda: create(api, "d"))
        received = sorted(name.split()[1] for name in await take(changes, 3, timeout=TIMEOUT))
        assert received == ["a", "b", "d"]


async def test_compacted_history_is_replaced_by_a_list(
    api: Api[ConfigMap], control_plane: RestartableControlPlane
) -> None:
    await create(api, "a", "b", "c")
    changes = follow(api, backoff=FAST)
    async with changes:
        await take_until_synced(changes)
    # Meanwhile the server compacts its history, and the restart empties its cache of it.
    await delete(api, "a", "b")
    await modify(api, "c", "x")
    await create(api, "a")
    await anyio.sleep(2.5)  # real time: the interval of the compaction, twice
    await run(lambda: control_plane.restart(API_SERVER))
    async with changes:
        received = sorted(await take(changes, 4, timeout=TIMEOUT))
        assert [change for change in received if "modified" not in change] == ["added a", "lost a", "lost b"]
        assert "modified c" in received


async def test_restored_storage_is_noticed(api: Api[ConfigMap], control_plane: RestartableControlPlane) -> None:
    await create(api, "a", "b")
    await run(control_plane.save)
    async with follow(api, backoff=FAST) as changes:
        changes._reflection.reflector.timing = Timing(watch_seconds=(3, 3), probe_after=2.0)
        await take_until_synced(changes)
        await delete(api, "a")
        await modify(api, "b", "x")
        await create(api, *(f"later-{number}" for number in range(30)))
        await take(changes, 32, timeout=TIMEOUT)
        await run(control_plane.restore)
        received = sorted(await take(changes, 32, timeout=TIMEOUT))
        assert received == sorted(["added a", "modified b", *(f"lost later-{number}" for number in range(30))])
        await eventually(lambda: create(api, "new"))
        assert await take(changes, 1, timeout=TIMEOUT) == ["added new"]


async def test_removed_kind_loses_its_objects_and_can_return(client: Client) -> None:
    definitions, widgets = Api(CustomResourceDefinition, client), Api(Widget, client)

    async def is_removed() -> None:
        assert await definitions.get_or_none("widgets.example.com") is None

    async with follow(widgets, optional=True, backoff=FAST) as changes:
        for _ in range(2):
            await definitions.create(WIDGETS)
            await eventually(widgets.list)
            if not changes.synced:
                assert await take(changes, 1, timeout=TIMEOUT) == ["synced"]
            await eventually(lambda: widgets.create(Widget(metadata=ObjectMeta(name="a"))))
            assert await take(changes, 1, timeout=TIMEOUT) == ["added a"]
            await definitions.delete("widgets.example.com")
            assert (await take(changes, 1, timeout=TIMEOUT))[0] in ("deleted a", "lost a")
            await eventually(is_removed)


async def test_revoked_permission_is_waited_for(
    api: Api[ConfigMap], client: Client, control_plane: RestartableControlPlane, backend: Backend
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
    async with create_client(configuration, client_class=backend) as reader:
        followed = Api(ConfigMap, reader)
        await eventually(followed.list)
        async with follow(followed, backoff=FAST) as changes:
            changes._reflection.reflector.timing = Timing(watch_seconds=(1, 1))
            await take_until_synced(changes)
            await bindings.delete(name)
            async with anyio.create_task_group() as tasks:

                async def receive() -> None:
                    assert await take(changes, 1, timeout=TIMEOUT) == ["added b"]
                    tasks.cancel_scope.cancel()

                tasks.start_soon(receive)

                async def is_forbidden() -> None:  # the server needs time to notice the revocation
                    assert changes.failure is not None
                    assert isinstance(changes.failure.error, Forbidden)

                await eventually(is_forbidden)
                await create(api, "b")
                await bindings.create(binding())
