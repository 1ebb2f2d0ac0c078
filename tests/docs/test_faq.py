"""Each error message in a heading of docs/faq.md is raised by a program, or is in the source of Kubex."""

import ast
import re

import pytest

from docs.blocks import ROOT
from docs.faq_programs import ENVIRONMENTS, PROGRAMS, Cluster
from kubex.client import create_client
from kubex.configuration import load_configuration
from kubex.errors import BackendError, ConfigurationError, NoBackendError
from kubex_testing.embedded import EmbeddedServer
from support.backend_pairs import BackendPair

HEADINGS = re.findall(r"^### `(.*)`$", (ROOT / "docs/faq.md").read_text(encoding="utf-8"), re.MULTILINE)
# Tests of the client raise these: they need an environment in which a backend or an extra is not installed, or a
# certificate that only newer versions of Python reject.
IN_SOURCE = {
    "no HTTP backend of kubex can be used on asyncio": "no HTTP backend of kubex can be used on ",
    'cannot open WebSockets: pip install "kubex-httpx[ws]"': 'pip install "kubex-httpx[ws]"',
    "the certificate does not strictly conform to RFC 5280": "the certificate does not strictly conform to RFC 5280",
}


def texts_of_source() -> str:
    """Return the strings in the source of kubex-core and kubex-httpx, joined where the source continues a line."""
    paths = [path for name in ("kubex-core", "kubex-httpx") for path in (ROOT / f"packages/{name}/src").rglob("*.py")]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in paths]
    nodes = (node for tree in trees for node in ast.walk(tree))
    return "\n".join(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


@pytest.mark.anyio
@pytest.mark.parametrize("heading", sorted(PROGRAMS))
async def test_program_raises_the_error_of_a_heading(heading: str, cluster: EmbeddedServer, pair: BackendPair) -> None:
    async with create_client() as client:
        with pytest.raises(Exception, match=re.escape(heading)):
            await PROGRAMS[heading](Cluster(cluster, client, pair.backend))


@pytest.mark.anyio
@pytest.mark.parametrize("heading", sorted(ENVIRONMENTS))
async def test_environment_raises_the_error_of_a_heading(heading: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENTS[heading].items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=heading):
        await load_configuration()


@pytest.mark.anyio
async def test_backend_that_is_not_installed_raises_the_error_of_the_heading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBEX_BACKEND", "curl")
    with pytest.raises(NoBackendError, match=r"is not installed \(installed:"):
        await create_client()


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["trio"])
async def test_aiohttp_on_trio_raises_the_error_of_the_heading() -> None:
    with pytest.raises(BackendError, match="runs on asyncio, not on trio"):
        await create_client(client_class="aiohttp")


@pytest.mark.parametrize("text", IN_SOURCE.values())
def test_text_of_a_heading_is_in_the_source(text: str) -> None:
    assert text in texts_of_source()


def test_each_heading_has_a_test() -> None:
    others = {"is not installed (installed:", "runs on asyncio, not on trio"}
    assert sorted(HEADINGS) == sorted({*PROGRAMS, *ENVIRONMENTS, *IN_SOURCE, *others})
