"""The manifest of `Run a program in a pod` grants the permissions that its program needs."""

from pathlib import Path
from typing import Any

import anyio
import pytest

from docs.blocks import ROOT, blocks, run_block
from kubex.api import Api
from kubex.client import create_client
from kubex.errors import Forbidden
from kubex.manifests import load
from kubex_k8s.v1_37.core.v1 import ConfigMap, Secret, ServiceAccount
from kubex_ops import apply, delete
from kubex_testing import ServerHandle
from support.backend_pairs import BACKENDS, BackendPair

pytestmark = pytest.mark.anyio

PAGE = ROOT / "docs" / "how-to" / "run-a-program-in-a-pod.md"
SERVERS = ["kubex_shared_server_handle", "kubex_control_plane"]


@pytest.mark.parametrize("fixture", SERVERS)
async def test_service_account_can_run_the_program(
    pair: BackendPair, fixture: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle: ServerHandle = request.getfixturevalue(fixture)
    program = next(blocks(PAGE, "python"))
    documents = load(next(blocks(PAGE, "yaml")).text)
    async with create_client(handle.configuration(), client_class=BACKENDS[pair.backend]) as admin:
        await apply(admin, documents, field_manager="test")
        try:
            created = await Api(ServiceAccount, admin, namespace="default").create_token("reporter")
            assert created.status is not None
            account = handle.with_token(created.status.token)
            monkeypatch.setenv("KUBECONFIG", str(account.write_kubeconfig(tmp_path / "kubeconfig")))
            monkeypatch.setenv("KUBEX_BACKEND", pair.backend)
            names: dict[str, Any] = {"__name__": "page"}
            with anyio.fail_after(60):
                await run_block(program, names)
            report = await Api(ConfigMap, admin, namespace="default").get("report")
            assert report.data is not None
            if fixture == "kubex_control_plane":  # the embedded server does not enforce RBAC
                async with create_client() as client:
                    with pytest.raises(Forbidden, match="system:serviceaccount:default:reporter"):
                        await Api(Secret, client, namespace="default").list()
        finally:
            await delete(admin, documents)
            await Api(ConfigMap, admin, namespace="default").delete("report")
