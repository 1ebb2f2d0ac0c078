"""A web service that knows which pods run on a node. It reads its cache, and sends no request to the cluster.

Install `fastapi` and `uvicorn`, and run it with `uvicorn pods_of_nodes:app`.
"""

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import Annotated

import anyio
from fastapi import Depends, FastAPI, Request

from kubex import Api, create_client
from kubex_k8s.v1_37.core.v1 import Pod
from kubex_runtime import Informer, keep_fields


def node_of(pod: Pod) -> Iterable[str]:
    """Return the values of the index `node`."""
    return [pod.spec.node_name] if pod.spec and pod.spec.node_name else []


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None, None]:
    """Fill the cache before the first request, and keep it up to date until the service stops."""
    async with create_client() as client, anyio.create_task_group() as tasks:
        app.state.pods = Informer(
            Api(Pod, client, namespace=None),
            indexes={"node": node_of},
            transform=keep_fields("spec.nodeName", "spec.containers.name", "status.phase"),
        )
        await tasks.start(app.state.pods.run)
        yield
        tasks.cancel_scope.cancel()


def get_pods(request: Request) -> Informer[Pod]:
    """Return the cache."""
    pods: Informer[Pod] = request.app.state.pods
    return pods


app = FastAPI(lifespan=lifespan)


@app.get("/nodes/{node}/pods")
async def pods_of_node(node: str, pods: Annotated[Informer[Pod], Depends(get_pods)]) -> list[str]:
    """Return the namespaces and names of the pods on a node."""
    return sorted(f"{pod.metadata.namespace}/{pod.metadata.name}" for pod in pods.by("node", node))
