"""The test suites of other clients, and how pytest runs them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Suite:
    """The tests of one client.

    `arguments` are the arguments of pytest in the folder of the source distribution. `requirements` are the
    distributions that the environment needs.
    """

    name: str
    arguments: tuple[str, ...]
    requirements: tuple[str, ...]


_KR8S = Suite(
    "kr8s",
    # The plug-in replaces that of pytest-kind, which would create a cluster in a container.
    ("-p", "pytest_kind.plugin", "-p", "no:kind", "kr8s/tests"),
    (
        "kr8s",
        "pytest-asyncio",
        "pytest-cov",
        "pytest-rerunfailures",
        "trio",
        "kubernetes",
        "kubernetes-asyncio",
        "kubernetes-validate",
        "lightkube",
        "pykube-ng",
    ),
)
_KOPF = Suite(
    "kopf",
    ("--only-e2e", "tests/e2e"),
    (
        "kopf",
        "pytest-asyncio",
        "pytest-mock",
        "aresponses",
        "looptime",
        "certbuilder",
        "certvalidator",
        "kubernetes",
        "pykube-ng",
    ),
)
_LIGHTKUBE = Suite("lightkube", ("e2e-tests",), ("lightkube", "pytest-asyncio", "pyyaml"))
_KUBERNETES = Suite(
    "kubernetes",
    (
        "kubernetes/e2e_test",
        "kubernetes/dynamic/test_client.py",
        "kubernetes/dynamic/test_discovery.py",
        "kubernetes/aio/dynamic/client_test.py",
        "kubernetes/aio/dynamic/discovery_test.py",
    ),
    ("kubernetes", "aiohttp"),
)
_KUBERNETES_ASYNCIO = Suite(
    "kubernetes_asyncio",
    (
        "kubernetes_asyncio/e2e_test",
        "kubernetes_asyncio/dynamic/client_test.py",
        "kubernetes_asyncio/dynamic/discovery_test.py",
    ),
    ("kubernetes_asyncio", "pytest-asyncio"),
)

SUITES = {suite.name: suite for suite in (_KR8S, _KOPF, _LIGHTKUBE, _KUBERNETES, _KUBERNETES_ASYNCIO)}
