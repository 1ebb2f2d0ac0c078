"""`Discovery` finds the kinds that kubectl finds, on both servers."""

import re
from itertools import pairwise
from pathlib import Path

import anyio
import pytest

from behaviour.test_discovery import NAMES, is_builtin
from kubex.client import create_client
from kubex.discovery import Discovery, KindInfo
from kubex_testing import ServerHandle
from support.kubectl import Kubectl, require_kubectl

COLUMNS = ("NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND", "VERBS", "CATEGORIES")
REQUEST = re.compile(
    r"/apis?/(?:(?P<group>[a-z.0-9]+)/)?(?P<version>v\w+)/(?:namespaces/default/)?(?P<plural>\w+)\?limit"
)


@pytest.fixture
def kubectl(server: ServerHandle, tmp_path: Path) -> Kubectl:
    """Return kubectl with an empty cache."""
    return Kubectl(require_kubectl(), server.write_kubeconfig(tmp_path / "kubeconfig"), "default")


def read_kinds(server: ServerHandle) -> list[KindInfo]:
    """Return the kinds of the server, except those that other tests create."""

    async def read() -> list[KindInfo]:
        async with create_client(server.configuration()) as client:
            return [info for info in await Discovery(client).kinds() if is_builtin(info)]

    return anyio.run(read)


def test_kinds_are_those_of_kubectl(server: ServerHandle, kubectl: Kubectl, tmp_path: Path) -> None:
    result = kubectl.run("api-resources", "--output=wide", f"--cache-dir={tmp_path}")
    header, *lines = result.stdout.decode().splitlines()
    starts = [*(header.index(name) for name in COLUMNS), None]
    rows = [[line[start:end].strip() for start, end in pairwise(starts)] for line in lines]
    expected = {tuple(row[:5]): (sorted(row[5].split(",")), row[6]) for row in rows if "example.com" not in row[2]}
    found = {
        (
            info.plural,
            ",".join(info.short_names),
            info.api_version,
            str(info.namespaced).lower(),
            info.kind,
        ): (sorted(info.verbs), ",".join(info.categories))
        for info in read_kinds(server)
    }
    assert found == expected
    assert len(found) > 60


def test_names_are_those_of_kubectl(kubectl: Kubectl, tmp_path: Path) -> None:
    result = kubectl.run("get", ",".join(NAMES), "--v=6", f"--cache-dir={tmp_path}")
    requests = {
        f"{match['plural']}.{match['version']}.{match['group'] or ''}"
        for match in REQUEST.finditer(result.stderr.decode())
    }
    assert requests == set(NAMES.values())
