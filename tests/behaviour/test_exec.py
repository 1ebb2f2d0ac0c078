"""Commands in containers, on the embedded server and on a real kube-apiserver with a kubelet."""

import anyio
import pytest

from behaviour.running_pods import run_pod
from kubex.api import Api
from kubex.client import Client
from kubex.errors import (
    BadRequest,
    CommandStartError,
    ContainerNameRequired,
    ContainerNotRunning,
    ExecError,
    NotFound,
)
from kubex.models import ObjectMeta
from kubex_k8s.v1_37.core.v1 import Container, Pod, PodSpec

pytestmark = pytest.mark.anyio


@pytest.fixture
async def pods(container_client: Client) -> Api[Pod]:
    """Return the Pods of the test's namespace, with the ready Pod `web`."""
    await run_pod(container_client, "web")
    return Api(Pod, container_client)


async def test_command_returns_both_outputs_and_its_exit_code(pods: Api[Pod]) -> None:
    result = await pods.exec.run("web", ["sh", "-c", "echo out; echo err >&2; exit 3"])
    assert (result.stdout, result.stderr, result.exit_code) == (b"out\n", b"err\n", 3)
    with pytest.raises(ExecError, match="'sh' ended with exit code 3: err"):
        await pods.exec.run("web", ["sh", "-c", "echo err >&2; exit 3"], check=True)


async def test_arguments_are_passed_without_a_shell(pods: Api[Pod]) -> None:
    result = await pods.exec.run("web", ["echo", "a  b", "$HOME", "*", "ä", "'\"\\", ""], check=True)
    assert result.stdout_text == "a  b $HOME * ä '\"\\ \n"


@pytest.mark.covers("pitfall-36", "pitfall-38")
async def test_input_of_several_megabytes_is_returned_by_cat(pods: Api[Pod]) -> None:
    data = bytes(range(256)) * 12_000
    result = await pods.exec.run("web", ["cat"], stdin=data, check=True)
    assert result.stdout == data


@pytest.mark.covers("pitfall-37")
async def test_process_reads_lines_and_the_end_of_its_input(pods: Api[Pod]) -> None:
    async with pods.exec.stream("web", ["cat"], stdin=True) as process:
        for line in (b"one\n", b"two\n"):
            await process.stdin.send(line)
            assert await process.stdout.receive() == line
        await process.stdin.aclose()
        assert await process.wait() == 0


async def test_program_that_does_not_exist_raises_command_start_error(pods: Api[Pod]) -> None:
    with pytest.raises(CommandStartError, match="no-such-program"):
        await pods.exec.run("web", ["no-such-program"])


async def test_terminal_has_the_size_that_was_set(pods: Api[Pod]) -> None:
    async with pods.exec.stream("web", ["sh"], stdin=True, tty=True) as process:
        await process.resize(120, 40)
        await process.stdin.send(b"stty size; exit 5\n")
        output = b"".join([data async for data in process.stdout])
        assert await process.wait() == 5
    assert b"40 120" in output


async def test_one_of_several_containers_must_be_named(container_client: Client) -> None:
    await run_pod(container_client, "pair", containers=("first", "second"))
    pods = Api(Pod, container_client)
    with pytest.raises(ContainerNameRequired) as caught:
        await pods.exec.run("pair", ["true"])
    assert caught.value.containers == ["first", "second"]
    assert (await pods.exec.run("pair", ["true"], container="second")).exit_code == 0
    with pytest.raises(BadRequest, match="container third is not valid for pod pair"):
        await pods.exec.run("pair", ["true"], container="third")


async def test_pod_that_does_not_exist_raises_not_found(pods: Api[Pod]) -> None:
    with pytest.raises(NotFound, match='pods "other" not found'):
        await pods.exec.run("other", ["true"])


async def test_pod_that_does_not_run_raises_container_not_running(pods: Api[Pod]) -> None:
    gated = PodSpec.model_validate(
        {"containers": [Container(name="a", image="b")], "schedulingGates": [{"name": "x/y"}]}
    )
    await pods.create(Pod(metadata=ObjectMeta(name="gated"), spec=gated))
    with pytest.raises(ContainerNotRunning, match="does not have a host assigned"):
        await pods.exec.run("gated", ["true"])


async def test_commands_run_at_the_same_time(pods: Api[Pod]) -> None:
    outputs: list[str] = []

    async def run(number: int) -> None:
        outputs.append((await pods.exec.run("web", ["echo", str(number)], check=True)).stdout_text.strip())

    async with anyio.create_task_group() as tasks:
        for number in range(20):
            tasks.start_soon(run, number)
    assert sorted(outputs, key=int) == [str(number) for number in range(20)]


async def test_attach_does_not_end_the_container(pods: Api[Pod]) -> None:
    async with pods.attach.stream("web"):
        pass
    assert (await pods.exec.run("web", ["true"])).exit_code == 0
