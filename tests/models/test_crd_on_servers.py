"""A definition made from a model is accepted and established, and its kind works, by both servers."""

import pytest

from kubex.api import Api
from kubex.client import Client, create_client
from kubex.errors import Invalid
from kubex.models import ObjectMeta, PrinterColumn, canonical_quantity, crd_for, dynamic_resource
from kubex.patch import MergePatch
from kubex_k8s.v1_37.apiextensions.v1 import CustomResourceDefinition
from kubex_k8s.v1_37.resource.v1 import Device, DeviceCapacity, ResourcePool, ResourceSlice, ResourceSliceSpec
from kubex_testing import ServerHandle
from models.test_quantity import CANONICAL
from models.widgets import Gadget, Grade, Oddity, OdditySpec, OldWidget, Part, Widget, WidgetSpec, WidgetStatus

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """Run once: what is tested here does not depend on the backend."""
    return "asyncio"


@pytest.fixture(params=["kubex_shared_server_handle", "kubex_control_plane"])
def server(request: pytest.FixtureRequest) -> ServerHandle:
    """Run the test on the embedded server and on a real one."""
    handle: ServerHandle = request.getfixturevalue(request.param)
    return handle


async def established(client: Client, crd: CustomResourceDefinition) -> None:
    """Create a definition and wait until its kind is served."""
    api = Api(CustomResourceDefinition, client)
    made = await api.create(crd)
    watching = api.watch(
        field_selector=f"metadata.name={made.metadata.name}", resource_version=made.metadata.resource_version
    )
    conditions = made.status.conditions if made.status else None
    if any(found.type == "Established" and found.status == "True" for found in conditions or ()):
        return
    async with watching as events:
        async for event in events:
            conditions = event.object.status.conditions if event.object.status else None
            if any(found.type == "Established" and found.status == "True" for found in conditions or ()):
                return


async def test_a_custom_resource_lives_by_the_definition_of_its_model(server: ServerHandle) -> None:
    columns = [PrinterColumn(name="Size", json_path=".spec.size", type="integer")]
    crd = CustomResourceDefinition.model_validate(crd_for(Widget, OldWidget, short_names=["wd"], columns=columns))
    async with create_client(server.configuration()) as client:
        await established(client, crd)
        try:
            await use(client)
        finally:
            await Api(CustomResourceDefinition, client).delete("widgets.models.example.com")


async def use(client: Client) -> None:
    """Create a widget, scale it, set its status, and break its schema."""
    widgets = Api(Widget, client, namespace="default")
    spec = WidgetSpec(
        size=3,
        must_say="hello",
        port="http",
        limits={"cpu": "500m"},
        parts=[Part(from_="here", source_url="http://x")],
        free=[1, {"a": 2}],
        table={"any": {"thing": True}},
        template=ObjectMeta(labels={"a": "b"}),
    )
    made = await widgets.create(Widget(metadata=ObjectMeta(name="w"), spec=spec, status=WidgetStatus(replicas=9)))
    assert made.spec == spec
    assert made.status is None, "the status is a subresource, which a create does not set"
    made.status = WidgetStatus(replicas=1, selector="a=b", ready=True)
    assert (await widgets.status.replace(made)).status == made.status
    scale = await widgets.scale.get("w")
    assert (scale.spec.replicas, scale.status and scale.status.selector) == (1, "a=b")
    with pytest.raises(Invalid, match=r"spec\.size"):
        await widgets.patch("w", MergePatch({"spec": {"size": 1000}}))
    with pytest.raises(Invalid, match=r"spec\.colour"):
        await widgets.patch("w", MergePatch({"spec": {"colour": "green"}}))
    assert (await Api(OldWidget, client, namespace="default").get("w")).metadata.uid == made.metadata.uid


async def test_a_cluster_wide_kind_is_served_too(server: ServerHandle) -> None:
    async with create_client(server.configuration()) as client:
        await established(client, CustomResourceDefinition.model_validate(crd_for(Gadget)))
        try:
            made = await Api(Gadget, client).create(Gadget(metadata=ObjectMeta(name="g"), size=2))
            assert (made.size, made.metadata.namespace) == (2, None)
        finally:
            await Api(CustomResourceDefinition, client).delete("gadgets.models.example.com")


ODDITIES = [
    OdditySpec(),
    OdditySpec(numbers=[1, None], counts={"a": 1, "b": None}, by_name={"none": None}),
    OdditySpec(either="a", grade=Grade.SECOND, perhaps="a", amount=1.5, share="10%", port=80),
    OdditySpec(amount=2, share=3, free={"a": [None], "b": None}),
]

REFUSED = {
    "either": "b",
    "grade": 3,
    "perhaps": "b",
    "amount": "1",
    "share": 0,
    "port": 1.5,
    "numbers": ["a"],
    "counts": {"a": "b"},
    "storage": {"schedule": 1},
}


async def test_what_looks_simple_in_python_is_what_the_definition_allows(server: ServerHandle) -> None:
    async with create_client(server.configuration(namespace="default")) as client:
        await established(client, CustomResourceDefinition.model_validate(crd_for(Oddity)))
        oddities = Api(Oddity, client)
        try:
            for number, spec in enumerate(ODDITIES):
                made = await oddities.create(Oddity(metadata=ObjectMeta(name=f"o{number}"), spec=spec))
                assert made.spec == spec
            for field, value in REFUSED.items():
                with pytest.raises(Invalid, match=rf"spec\.{field}"):
                    await oddities.patch("o0", MergePatch({"spec": {field: value}}))
            with pytest.raises(Invalid, match=r"spec\.share"):
                await oddities.patch("o0", MergePatch({"spec": {"share": "ten"}}))
            empty = dynamic_resource("models.example.com/v1", "Oddity", plural="oddities")
            defaulted = await Api(empty, client).create(empty.model_validate({"metadata": {"name": "d"}, "spec": {}}))
            assert (await oddities.get(defaulted.metadata.name or "")).spec == OdditySpec()
        finally:
            await Api(CustomResourceDefinition, client).delete("oddities.models.example.com")


async def test_a_real_server_writes_quantities_as_we_do(kubex_control_plane: ServerHandle) -> None:
    async with create_client(kubex_control_plane.configuration()) as client:
        capacity = {f"amount{number}": DeviceCapacity(value=text) for number, text in enumerate(CANONICAL)}
        spec = ResourceSliceSpec(
            driver="example.com",
            node_name="node-1",
            pool=ResourcePool(name="pool", generation=1, resource_slice_count=1),
            devices=[Device(name="device", capacity=capacity)],
        )
        slices = Api(ResourceSlice, client)
        made = await slices.create(ResourceSlice(metadata=ObjectMeta(name="amounts"), spec=spec), dry_run=True)
        assert made.spec.devices is not None
        written = {name: found.value for name, found in (made.spec.devices[0].capacity or {}).items()}
        assert written == {name: canonical_quantity(found.value) for name, found in capacity.items()}
