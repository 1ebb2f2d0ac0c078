"""CustomResourceDefinitions from `crd_for()` on the embedded server and on a real one."""

import pytest

from kubex.api import Api
from kubex.client import Client, create_client
from kubex.errors import Invalid
from kubex.models import ObjectMeta, PrinterColumn, canonical_quantity, crd_for, dynamic_resource
from kubex.patch import MergePatch
from kubex_k8s.v1_37.apiextensions.v1 import CustomResourceDefinition
from kubex_k8s.v1_37.resource.v1 import Device, DeviceCapacity, ResourcePool, ResourceSlice, ResourceSliceSpec
from kubex_testing import ServerHandle
from models.test_quantity import CANONICAL_FORMS
from models.widgets import EdgeCase, EdgeCaseSpec, Gadget, Grade, OldWidget, Part, Widget, WidgetSpec, WidgetStatus

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """Run each test once, because the results do not depend on the backend."""
    return "asyncio"


@pytest.fixture(params=["kubex_shared_server_handle", "kubex_control_plane"])
def server(request: pytest.FixtureRequest) -> ServerHandle:
    """Return the embedded server and a real one."""
    handle: ServerHandle = request.getfixturevalue(request.param)
    return handle


async def create_crd_and_wait(client: Client, crd: CustomResourceDefinition) -> None:
    """Create a CustomResourceDefinition and wait until the server serves its kind."""
    api = Api(CustomResourceDefinition, client)
    created = await api.create(crd)
    watching = api.watch(
        field_selector=f"metadata.name={created.metadata.name}", resource_version=created.metadata.resource_version
    )
    conditions = created.status.conditions if created.status else None
    if any(found.type == "Established" and found.status == "True" for found in conditions or ()):
        return
    async with watching as events:
        async for event in events:
            conditions = event.object.status.conditions if event.object.status else None
            if any(found.type == "Established" and found.status == "True" for found in conditions or ()):
                return


async def test_generated_crd_validates_objects_and_serves_subresources(server: ServerHandle) -> None:
    columns = [PrinterColumn(name="Size", json_path=".spec.size", type="integer")]
    crd = CustomResourceDefinition.model_validate(crd_for(Widget, OldWidget, short_names=["wd"], columns=columns))
    async with create_client(server.configuration()) as client:
        await create_crd_and_wait(client, crd)
        try:
            await check_widgets(client)
        finally:
            await Api(CustomResourceDefinition, client).delete("widgets.models.example.com")


async def check_widgets(client: Client) -> None:
    """Create a widget, set its status, read its scale, and send invalid values."""
    widgets = Api(Widget, client, namespace="default")
    spec = WidgetSpec(
        size=3,
        required_text="hello",
        port="http",
        limits={"cpu": "500m"},
        parts=[Part(from_="here", source_url="http://x")],
        free=[1, {"a": 2}],
        table={"any": {"thing": True}},
        template=ObjectMeta(labels={"a": "b"}),
    )
    created = await widgets.create(Widget(metadata=ObjectMeta(name="w"), spec=spec, status=WidgetStatus(replicas=9)))
    assert created.spec == spec
    assert created.status is None, "a create ignores the status, which is a subresource"
    created.status = WidgetStatus(replicas=1, selector="a=b", ready=True)
    assert (await widgets.status.replace(created)).status == created.status
    scale = await widgets.scale.get("w")
    assert (scale.spec.replicas, scale.status and scale.status.selector) == (1, "a=b")
    with pytest.raises(Invalid, match=r"spec\.size"):
        await widgets.patch("w", MergePatch({"spec": {"size": 1000}}))
    with pytest.raises(Invalid, match=r"spec\.colour"):
        await widgets.patch("w", MergePatch({"spec": {"colour": "green"}}))
    assert (await Api(OldWidget, client, namespace="default").get("w")).metadata.uid == created.metadata.uid


async def test_generated_crd_of_a_cluster_scoped_kind_is_served(server: ServerHandle) -> None:
    async with create_client(server.configuration()) as client:
        await create_crd_and_wait(client, CustomResourceDefinition.model_validate(crd_for(Gadget)))
        try:
            created = await Api(Gadget, client).create(Gadget(metadata=ObjectMeta(name="g"), size=2))
            assert (created.size, created.metadata.namespace) == (2, None)
        finally:
            await Api(CustomResourceDefinition, client).delete("gadgets.models.example.com")


VALID_SPECS = [
    EdgeCaseSpec(),
    EdgeCaseSpec(numbers=[1, None], counts={"a": 1, "b": None}, by_name={"none": None}),
    EdgeCaseSpec(mixed_enum="a", grade=Grade.SECOND, nullable_enum="a", amount=1.5, share="10%", port=80),
    EdgeCaseSpec(amount=2, share=3, free={"a": [None], "b": None}),
]

INVALID_VALUES = {
    "mixedEnum": "b",
    "grade": 3,
    "nullableEnum": "b",
    "amount": "1",
    "share": 0,
    "port": 1.5,
    "numbers": ["a"],
    "counts": {"a": "b"},
    "storage": {"schedule": 1},
}


async def test_generated_schema_accepts_valid_values_and_rejects_invalid_ones(server: ServerHandle) -> None:
    async with create_client(server.configuration(namespace="default")) as client:
        await create_crd_and_wait(client, CustomResourceDefinition.model_validate(crd_for(EdgeCase)))
        edge_cases = Api(EdgeCase, client)
        try:
            for number, spec in enumerate(VALID_SPECS):
                created = await edge_cases.create(EdgeCase(metadata=ObjectMeta(name=f"o{number}"), spec=spec))
                assert created.spec == spec
            for field, value in INVALID_VALUES.items():
                with pytest.raises(Invalid, match=rf"spec\.{field}"):
                    await edge_cases.patch("o0", MergePatch({"spec": {field: value}}))
            with pytest.raises(Invalid, match=r"spec\.share"):
                await edge_cases.patch("o0", MergePatch({"spec": {"share": "ten"}}))
            empty = dynamic_resource("models.example.com/v1", "EdgeCase", plural="edgecases")
            defaulted = await Api(empty, client).create(empty.model_validate({"metadata": {"name": "d"}, "spec": {}}))
            assert (await edge_cases.get(defaulted.metadata.name or "")).spec == EdgeCaseSpec()
        finally:
            await Api(CustomResourceDefinition, client).delete("edgecases.models.example.com")


async def test_canonical_quantity_equals_the_form_of_a_real_server(kubex_control_plane: ServerHandle) -> None:
    async with create_client(kubex_control_plane.configuration()) as client:
        capacity = {f"amount{number}": DeviceCapacity(value=text) for number, text in enumerate(CANONICAL_FORMS)}
        spec = ResourceSliceSpec(
            driver="example.com",
            node_name="node-1",
            pool=ResourcePool(name="pool", generation=1, resource_slice_count=1),
            devices=[Device(name="device", capacity=capacity)],
        )
        slices = Api(ResourceSlice, client)
        created = await slices.create(ResourceSlice(metadata=ObjectMeta(name="amounts"), spec=spec), dry_run=True)
        assert created.spec.devices is not None
        written = {name: found.value for name, found in (created.spec.devices[0].capacity or {}).items()}
        assert written == {name: canonical_quantity(found.value) for name, found in capacity.items()}
