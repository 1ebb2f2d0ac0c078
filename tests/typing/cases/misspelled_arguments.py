"""Misspelled arguments. The messages of both type checkers must contain their names."""

from kubex.api import Api, create_api, create_review
from kubex.client import Client
from kubex.patch import MergePatch
from kubex_k8s.v1_37.authentication.v1 import TokenReview
from kubex_k8s.v1_37.core.v1 import Pod


async def reads(pods: Api[Pod]) -> None:
    await pods.get("web", namespce="a")  # E: mypy[call-arg] pyright[reportCallIssue] names[namespce]
    await pods.get_or_none("web", namespce="a")  # E: mypy[call-arg] pyright[reportCallIssue] names[namespce]
    await pods.list(label_selectr="a=b")  # E: mypy[call-arg] pyright[reportCallIssue] names[label_selectr]
    pods.pages(feild_selector="a=b")  # E: mypy[call-arg] pyright[reportCallIssue] names[feild_selector]
    pods.watch(timeout=5)  # E: mypy[call-arg] pyright[reportCallIssue] names[timeout]
    await pods.metadata.list(labels="a=b")  # E: mypy[call-arg] pyright[reportCallIssue] names[labels]


async def writes(pods: Api[Pod], pod: Pod) -> None:
    await pods.create(pod, dryrun=True)  # E: mypy[call-arg] pyright[reportCallIssue] names[dryrun]
    await pods.replace(pod, dryrun=True)  # E: mypy[call-arg] pyright[reportCallIssue] names[dryrun]
    await pods.apply(pod, forced=True)  # E: mypy[call-arg] pyright[reportCallIssue] names[forced]
    await pods.patch("web", MergePatch({}), manager="a")  # E: mypy[call-arg] pyright[reportCallIssue] names[manager]
    await pods.delete("web", grace_period=0)  # E: mypy[call-arg] pyright[reportCallIssue] names[grace_period]
    await pods.delete_collection(labels="a=b")  # E: mypy[call-arg] pyright[reportCallIssue] names[labels]
    await pods.evict("web", grace_period=0)  # E: mypy[call-arg] pyright[reportCallIssue] names[grace_period]
    await pods.status.replace(pod, dryrun=True)  # E: mypy[call-arg] pyright[reportCallIssue] names[dryrun]


async def functions(client: Client, review: TokenReview) -> None:
    Api(Pod, client, namespce="a")  # E: mypy[call-arg] pyright[reportCallIssue] names[namespce]
    await create_api(Pod, namespce="a")  # E: mypy[call-arg] pyright[reportCallIssue] names[namespce]
    await create_review(client, review, dryrun=True)  # E: mypy[call-arg] pyright[reportCallIssue] names[dryrun]
