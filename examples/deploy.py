"""Deploy an image, and wait for the rollout with a progress line: `python examples/deploy.py DEPLOYMENT IMAGE`.

The exit code is 1 if the Deployment does not exist, or if the rollout fails or is not complete within 5 minutes. After
a failed rollout, the Deployment keeps the new image.
"""

import sys

import anyio

from kubex import Api, create_client
from kubex.errors import NotFound
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_runtime import wait_for
from kubex_runtime.conditions import condition, rolled_out
from kubex_runtime.errors import WaitFailed, WaitTimeout

TIMEOUT = 300.0


class ProgressLine:
    """Replaces the current line of a terminal; prints one line for each text to a file."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.end = "" if sys.stdout.isatty() else "\n"
        self.start = "\r\033[K" if sys.stdout.isatty() else ""

    def show(self, text: str) -> None:
        """Show what is missing."""
        print(f"{self.start}{self.name}: {text}", end=self.end, flush=True)

    def close(self) -> None:
        """End the line."""
        print(end="" if self.end else "\n", flush=True)


async def deploy(name: str, image: str, timeout: float = TIMEOUT) -> None:
    """Change the image of the first container, and wait until all pods run it."""

    def use_image(deployment: Deployment) -> None:
        pod = deployment.spec.template.spec
        assert pod is not None
        pod.containers[0].image = image

    progress = ProgressLine(name)
    async with create_client() as client:
        deployments = Api(Deployment, client)
        await deployments.edit(name, use_image)
        try:
            await wait_for(
                deployments,
                name,
                rolled_out(),
                timeout=timeout,
                fails=condition("ReplicaFailure"),
                on_progress=progress.show,
            )
        finally:
            progress.close()


async def main(name: str, image: str) -> None:
    """Deploy the image; exit with the reason if the rollout fails."""
    try:
        await deploy(name, image)
    except NotFound as error:
        sys.exit(str(error))
    except (WaitFailed, WaitTimeout) as error:
        sys.exit(f"{error}\nundo the change with: kubectl rollout undo deployment/{name}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(f"usage: {sys.argv[0]} DEPLOYMENT IMAGE")
    anyio.run(main, sys.argv[1], sys.argv[2])
