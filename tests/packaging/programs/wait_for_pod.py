"""Create a pod, and run an example that waits for it: ASYNC_LIBRARY EXAMPLE."""

import runpy
import sys
from pathlib import Path

import anyio

import kubex_runtime
from kubex import Api, create_client
from kubex_k8s.v1_37.core.v1 import Pod

LIBRARY, EXAMPLE = sys.argv[1:]

assert Path(kubex_runtime.__file__).is_relative_to(sys.prefix), kubex_runtime.__file__


async def main() -> None:
    async with create_client() as client:
        spec = {"containers": [{"name": "main", "image": "app:1"}]}
        await Api(Pod, client).create(Pod.model_validate({"metadata": {"name": "web-0"}, "spec": spec}))
    await runpy.run_path(EXAMPLE)["main"]()


anyio.run(main, backend=LIBRARY)
