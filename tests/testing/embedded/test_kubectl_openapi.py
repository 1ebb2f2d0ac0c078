"""kubectl commands that read the OpenAPI documents."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kubex_testing import ServerHandle
from support.kubectl import LIMIT, Kubectl, environment, require_kubectl
from support.polling import wait_until

GROUP = "kubectl.example.com"


@dataclass(frozen=True)
class Commands:
    """kubectl in a namespace, with objects as standard input."""

    kubectl: Kubectl
    folder: Path

    def run(self, *arguments: str, stdin: Any = None, editor: str = "") -> "subprocess.CompletedProcess[str]":
        """Run a command, and return its result. `editor` is a sed script for `kubectl edit`."""
        variables = {**environment(), "HOME": str(self.folder)}
        if editor:
            program = self.folder / "editor"
            program.write_text(f"#!/bin/sh\nsed -i '{editor}' \"$1\"\n", encoding="utf-8")
            program.chmod(0o755)
            variables["KUBE_EDITOR"] = str(program)
        return subprocess.run(
            self.kubectl.command(*arguments),
            input=json.dumps(stdin),
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
            env=variables,
        )

    def output(self, *arguments: str, stdin: Any = None, editor: str = "") -> str:
        """Return the output of a command that must succeed."""
        result = self.run(*arguments, stdin=stdin, editor=editor)
        assert result.returncode == 0, result.stderr
        return result.stdout.strip()

    def get(self, *names: str) -> Any:
        """Return an object."""
        return json.loads(self.output("get", *names, "-o", "json"))


@pytest.fixture
def kubectl(server_handle: ServerHandle, client: Any, tmp_path: Path) -> Commands:
    config = server_handle.write_kubeconfig(tmp_path / "kubeconfig", client.namespace)
    return Commands(Kubectl(require_kubectl(), config, client.namespace), tmp_path)


def config_map(name: str, **more: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, **more}


def deployment(image: str, *variables: str) -> dict[str, Any]:
    container = {"name": "web", "image": image, "env": [{"name": name, "value": "1"} for name in variables]}
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}}
    spec = {"replicas": 0, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}


def test_apply_merges_lists_by_their_keys(kubectl: Commands) -> None:
    assert kubectl.output("apply", "-f-", stdin=deployment("a", "A", "B")) == "deployment.apps/web created"
    kubectl.output("set", "env", "deployment/web", "OTHER=1")
    assert kubectl.output("apply", "-f-", stdin=deployment("b", "A")) == "deployment.apps/web configured"
    (container,) = kubectl.get("deployment", "web")["spec"]["template"]["spec"]["containers"]
    assert (container["image"], sorted(item["name"] for item in container["env"])) == ("b", ["A", "OTHER"])


def test_diff_replace_and_edit_change_objects(kubectl: Commands) -> None:
    kubectl.output("create", "-f-", stdin=config_map("a", data={"key": "1"}))
    changed = config_map("a", data={"key": "2"})
    difference = kubectl.run("diff", "-f-", stdin=changed)
    assert (difference.returncode, '+  key: "2"' in difference.stdout) == (1, True)
    assert kubectl.output("replace", "-f-", stdin=changed) == "configmap/a replaced"
    assert kubectl.run("diff", "-f-", stdin=changed).returncode == 0
    assert kubectl.output("edit", "configmap", "a", editor='s/key: "2"/key: "3"/') == "configmap/a edited"
    assert kubectl.get("configmap", "a")["data"] == {"key": "3"}


def test_server_side_apply_takes_over_from_client_side_apply(kubectl: Commands) -> None:
    kubectl.output("apply", "-f-", stdin=config_map("a", data={"key": "1"}))
    arguments = ("apply", "--server-side", "-f-")
    assert kubectl.output(*arguments, stdin=config_map("a", data={"key": "2"})) == "configmap/a serverside-applied"
    assert kubectl.output("apply", "-f-", stdin=config_map("a", data={"key": "3"})) == "configmap/a configured"
    assert kubectl.get("configmap", "a")["data"] == {"key": "3"}


def test_unknown_fields_are_validated(kubectl: Commands) -> None:
    invalid = config_map("bad", dat={})
    for arguments in (("create",), ("create", "--validate=strict"), ("apply",)):
        result = kubectl.run(*arguments, "-f-", stdin=invalid)
        assert (result.returncode, 'strict decoding error: unknown field "dat"' in result.stderr) == (1, True)
    warned = kubectl.run("create", "--validate=warn", "--dry-run=server", "-f-", stdin=invalid)
    assert (warned.returncode, warned.stderr) == (0, 'Warning: unknown field "dat"\n')
    ignored = kubectl.run("create", "--validate=ignore", "-f-", stdin=invalid)
    assert (ignored.returncode, ignored.stderr) == (0, "")


def test_lists_are_created_and_validated(kubectl: Commands) -> None:
    items = {"apiVersion": "v1", "kind": "List", "items": [config_map("a"), config_map("b")]}
    assert kubectl.output("create", "-f-", stdin=items) == "configmap/a created\nconfigmap/b created"
    assert kubectl.run("diff", "-f-", stdin=items).returncode == 0
    items["items"] = [config_map("c", dat={})]
    result = kubectl.run("apply", "-f-", stdin=items)
    message = 'ValidationError(ConfigMap): unknown field "dat" in io.k8s.api.core.v1.ConfigMap'
    assert (result.returncode, message in result.stderr) == (1, True)


@pytest.mark.parametrize("output", ["plaintext", "plaintext-openapiv2"])
def test_explain_shows_types_and_required_fields(kubectl: Commands, output: str) -> None:
    lines = kubectl.output("explain", "pods.spec.containers", f"--output={output}").splitlines()
    fields = {line.strip() for line in lines if "\t" in line}
    expected = {"name\t<string> -required-", "image\t<string>", "command\t<[]string>", "tty\t<boolean>"}
    assert expected <= fields
    recursive = kubectl.output("explain", "deployments", "--recursive", f"--output={output}")
    assert "startupProbe" in recursive
    missing = kubectl.run("explain", "pods.spec.nope", f"--output={output}")
    assert (missing.returncode, 'field "nope" does not exist' in missing.stderr) == (1, True)


@pytest.fixture
def gadgets(kubectl: Commands, client: Any) -> Iterator[str]:
    """Install a custom resource, and return its name with the group."""
    group = f"{client.namespace}.{GROUP}"
    port = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    spec = {
        "type": "object",
        "description": "What the gadget should be.",
        "required": ["color"],
        "properties": {"color": {"type": "string", "enum": ["red", "blue"]}, "ports": {"type": "array", "items": port}},
    }
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"gadgets.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": "gadgets", "kind": "Gadget"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": schema}],
        },
    }
    kubectl.output("create", "-f-", stdin=definition)
    wait_until(lambda: f"apis/{group}/v1" in client.request("GET", "/openapi/v3").document["paths"])
    yield f"gadgets.{group}"
    kubectl.output("delete", "crd", f"gadgets.{group}", "--wait=false")


def test_custom_resources_are_created_changed_validated_and_explained(kubectl: Commands, gadgets: str) -> None:
    group = gadgets.partition(".")[2]

    def gadget(**spec: Any) -> dict[str, Any]:
        return {"apiVersion": f"{group}/v1", "kind": "Gadget", "metadata": {"name": "g"}, "spec": spec}

    ports = [{"name": "a"}, {"name": "b"}]
    assert kubectl.output("apply", "-f-", stdin=gadget(color="red", ports=ports)) == f"gadget.{group}/g created"
    assert kubectl.run("diff", "-f-", stdin=gadget(color="blue", ports=ports)).returncode == 1
    kubectl.output("apply", "-f-", stdin=gadget(color="blue", ports=ports[:1]))
    assert kubectl.get(gadgets, "g")["spec"] == {"color": "blue", "ports": [{"name": "a"}]}
    kubectl.output("edit", gadgets, "g", editor="s/color: blue/color: red/")
    assert kubectl.get(gadgets, "g")["spec"]["color"] == "red"
    unknown = kubectl.run("apply", "-f-", stdin=gadget(color="red", colour="red"))
    assert (unknown.returncode, 'unknown field "spec.colour"' in unknown.stderr) == (1, True)
    explained = kubectl.output("explain", f"{gadgets}.spec")
    assert "What the gadget should be." in explained
    assert "color\t<string> -required-" in explained
