"""Run a command in a pod: ASYNC_LIBRARY `with`|`without` DISTRIBUTION.

Without the extra for WebSockets, the error must name the extra to install.
"""

import sys

import anyio

from kubex import Api, create_client
from kubex.errors import BackendError
from kubex_k8s.v1_37.core.v1 import Pod
from kubex_runtime import wait_for
from kubex_runtime.conditions import ready

LIBRARY, CASE, DISTRIBUTION = sys.argv[1:]


async def check_error(pods: Api[Pod]) -> None:
    try:
        await pods.exec.run("web", ["echo", "hello"])
    except BackendError as error:
        text = str(error)
    else:
        text = "the command ran"
    assert f"{DISTRIBUTION}[ws]" in text, text
    assert "wsproto" not in sys.modules


async def check_command(pods: Api[Pod]) -> None:
    name = f"web-{LIBRARY}"
    spec = {"containers": [{"name": "main", "image": "app:1"}]}
    await pods.create(Pod.model_validate({"metadata": {"name": name}, "spec": spec}))
    await wait_for(pods, name, ready(), timeout=30)
    result = await pods.exec.run(name, ["echo", "hello"], check=True)
    assert result.stdout == b"hello\n", result


async def main() -> None:
    async with create_client() as client:
        await (check_command if CASE == "with" else check_error)(Api(Pod, client, namespace="default"))


anyio.run(main, backend=LIBRARY)
