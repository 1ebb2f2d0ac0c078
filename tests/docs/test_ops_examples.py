"""The examples that apply sets of objects run on the embedded API server."""

from pathlib import Path

import anyio
import pytest

from docs.test_examples import run_module
from kubex_testing.embedded import EmbeddedServer

pytestmark = pytest.mark.anyio

NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: store}\n"
SETTINGS = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: store}\n"
DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, image: "app:1"}]}
"""


async def test_apply_directory_shows_the_progress(
    cluster: EmbeddedServer, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "a.yaml").write_text(SETTINGS)
    (tmp_path / "b.yaml").write_text(NAMESPACE)
    main = run_module("apply_directory.py")["main"]
    await main(str(tmp_path))
    assert capsys.readouterr().out.splitlines() == [
        "[" + "#" * 15 + "." * 15 + "] 1/2 created Namespace store",
        "[" + "#" * 30 + "] 2/2 created ConfigMap settings",
        "2 created",
    ]
    assert len(cluster.state("configmaps", namespace="store")) == 1
    (tmp_path / "a.yaml").write_text(SETTINGS + "dta: {}\n")
    with pytest.raises(SystemExit, match=r"1 of 2 objects failed(?s:.*)a.yaml, document 1, line 1"):
        await main(str(tmp_path))
    (tmp_path / "b.yaml").write_text("kind: [")
    with pytest.raises(SystemExit, match=r"b\.yaml"):
        await main(str(tmp_path))


async def test_custom_kind_from_text_applies_waits_and_prints_yaml(
    cluster: EmbeddedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    main = run_module("custom_kind_from_text.py")["main"]
    await main()
    printed = capsys.readouterr().out
    assert printed == (
        "2 created\napiVersion: example.com/v1\nkind: Widget\nmetadata:\n  name: red\n  namespace: default\n"
        "spec:\n  color: red\n\n"
    )
    await main()
    assert capsys.readouterr().out == printed.replace("created", "unchanged")


async def test_deploy_files_prints_the_changes_and_waits_for_the_rollout(
    cluster: EmbeddedServer, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    cluster.run_workloads()
    path = tmp_path / "web.yaml"
    path.write_text(DEPLOYMENT)
    main = run_module("deploy_files.py")["main"]
    await main(str(path))
    assert capsys.readouterr().out.endswith("1 created\n")
    assert cluster.state("deployments.apps")[0]["status"]["availableReplicas"] == 1
    path.write_text(DEPLOYMENT.replace("app:1", "app:2"))
    await main(str(path))
    printed = capsys.readouterr().out.splitlines()
    assert [line.strip("-+ ") for line in printed if "image" in line and line[0] in "-+"] == [
        "image: app:1",
        "image: app:2",
    ]
    assert printed[-1] == "1 configured"
    output = "1 configured\n"
    with anyio.fail_after(60):
        # The controllers can still update the status between two requests, which counts as a change.
        while output == "1 configured\n":
            await main(str(path))
            output = capsys.readouterr().out
    assert output == "1 unchanged\n"
