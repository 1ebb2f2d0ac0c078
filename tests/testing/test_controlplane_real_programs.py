"""The launcher with the real programs. They are slow to start, so tests share a control plane where they can."""

import contextlib
import http.client
import json
import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from kubex_testing import ServerHandle
from kubex_testing._pki import Identity, client_context
from kubex_testing.controlplane import ControlPlane, ControlPlaneStartError, ControlPlaneUnavailable, TokenUser

JANE = TokenUser("jane", groups=("developers",))
CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"


def connect(handle: ServerHandle) -> http.client.HTTPSConnection:
    """Open a connection as the user of a handle."""
    identity = None
    if handle.client_cert_pem is not None and handle.client_key_pem is not None:
        identity = Identity(handle.client_cert_pem, handle.client_key_pem)
    context = client_context(handle.ca_pem, identity)
    return http.client.HTTPSConnection(urlsplit(handle.url).netloc, timeout=30, context=context)


def call(handle: ServerHandle, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Send a request and return the status and the document of the answer."""
    headers = {"Content-Type": "application/json"}
    if handle.token is not None:
        headers["Authorization"] = f"Bearer {handle.token}"
    connection = connect(handle)
    try:
        connection.request(method, path, body=None if body is None else json.dumps(body), headers=headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def wait_for(handle: ServerHandle, path: str, event: str, name: str, since: str = "") -> None:
    """Wait until a watch of a collection, from a resource version on, tells of an object whose name begins so."""
    connection = connect(handle)
    try:
        connection.request("GET", f"{path}?watch=1&timeoutSeconds=25&resourceVersion={since}")
        for line in connection.getresponse():
            seen = json.loads(line)
            if seen["type"] == event and seen["object"]["metadata"]["name"].startswith(name):
                return
    finally:
        connection.close()
    pytest.fail(f"no {event} event of {path}/{name} within 25 s")


def config_map(name: str, **metadata: Any) -> dict[str, Any]:
    """Return a config map to create."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}}


def needs(handle: ServerHandle, capability: str) -> None:
    """Skip the test if the control plane has no controllers."""
    if capability not in handle.capabilities:
        pytest.skip(f"needs {capability}: no kube-controller-manager in KUBEBUILDER_ASSETS")


@pytest.fixture(scope="module")
def api_only() -> Iterator[ServerHandle]:
    """Give the tests a control plane without controllers, which jane may use by token."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("USE_EXISTING_CLUSTER", raising=False)
        control_plane = ControlPlane(controller_manager=False, token_users=[JANE])
        try:
            handle = control_plane.start()
        except ControlPlaneUnavailable as error:
            pytest.skip(str(error))
    yield handle
    control_plane.stop()


def test_it_serves_a_released_version(api_only: ServerHandle) -> None:
    status, version = call(api_only, "GET", "/version")
    assert status == 200
    assert re.fullmatch(r"v1\.\d+\.\d+", version["gitVersion"])
    assert version["gitVersion"] != "v0.0.0"
    assert version["gitVersion"].split(".")[1] == version["minor"]


def test_without_controllers_there_is_the_api_alone(api_only: ServerHandle) -> None:
    assert api_only.capabilities == {"api"}


def test_the_administrator_may_do_everything(api_only: ServerHandle) -> None:
    assert call(api_only, "POST", CONFIG_MAPS, config_map("admin"))[0] == 201
    assert call(api_only, "DELETE", f"{CONFIG_MAPS}/admin")[0] == 200


def test_token_users_are_who_they_are_and_may_do_what_rbac_says(api_only: ServerHandle) -> None:
    jane = api_only.with_token(JANE.token)
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    status, answer = call(jane, "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", review)
    assert status == 201
    assert answer["status"]["userInfo"]["username"] == "jane"
    assert set(answer["status"]["userInfo"]["groups"]) == {"developers", "system:authenticated"}
    status, answer = call(jane, "GET", CONFIG_MAPS)
    assert (status, answer["reason"]) == (403, "Forbidden")


def test_users_of_a_certificate_are_who_they_are(api_only: ServerHandle) -> None:
    status, answer = call(api_only.as_user("joe"), "GET", CONFIG_MAPS)
    assert status == 403
    assert 'User "joe" cannot list' in answer["message"]
    assert call(api_only.as_user("root", ["system:masters"]), "GET", CONFIG_MAPS)[0] == 200


def test_no_credentials_are_anonymous_and_wrong_ones_are_refused(api_only: ServerHandle) -> None:
    assert call(api_only.anonymous(), "GET", CONFIG_MAPS)[0] == 403
    assert call(api_only.with_token("wrong"), "GET", CONFIG_MAPS)[0] == 401


def test_its_authority_opens_no_other_server(api_only: ServerHandle) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        call(ServerHandle(api_only.url), "GET", "/version")


def test_a_controller_manager_collects_garbage(kubex_control_plane: ServerHandle) -> None:
    needs(kubex_control_plane, "gc")
    _, owner = call(kubex_control_plane, "POST", CONFIG_MAPS, config_map("owner"))
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner["metadata"]["uid"]}
    _, owned = call(kubex_control_plane, "POST", CONFIG_MAPS, config_map("owned", ownerReferences=[reference]))
    assert call(kubex_control_plane, "DELETE", f"{CONFIG_MAPS}/owner?propagationPolicy=Background")[0] == 200
    wait_for(kubex_control_plane, CONFIG_MAPS, "DELETED", "owned", owned["metadata"]["resourceVersion"])


def test_a_controller_manager_empties_and_removes_namespaces(kubex_control_plane: ServerHandle) -> None:
    needs(kubex_control_plane, "namespace-controller")
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "leaving"}}
    _, made = call(kubex_control_plane, "POST", "/api/v1/namespaces", namespace)
    call(kubex_control_plane, "POST", "/api/v1/namespaces/leaving/configmaps", config_map("inside"))
    assert call(kubex_control_plane, "DELETE", "/api/v1/namespaces/leaving")[0] == 200
    wait_for(kubex_control_plane, "/api/v1/namespaces", "DELETED", "leaving", made["metadata"]["resourceVersion"])


def test_a_controller_manager_makes_pods_of_deployments(kubex_control_plane: ServerHandle) -> None:
    needs(kubex_control_plane, "workloads")
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": "web"}]}}
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"selector": {"matchLabels": labels}, "template": template},
    }
    path = "/apis/apps/v1/namespaces/default/deployments"
    assert call(kubex_control_plane, "POST", path, deployment)[0] == 201
    wait_for(kubex_control_plane, "/api/v1/namespaces/default/pods", "ADDED", "web-")
    assert call(kubex_control_plane, "DELETE", f"{path}/web")[0] == 200


def test_an_unknown_flag_is_reported_with_the_words_of_the_program(api_only: ServerHandle) -> None:
    with pytest.raises(ControlPlaneStartError, match=r"kube-apiserver ended with exit code 1 (?s:.*)flag: --nope"):
        ControlPlane(extra_apiserver_args=["--nope"]).start()


def test_killing_the_launcher_ends_the_real_programs(api_only: ServerHandle) -> None:
    script = """
from kubex_testing.controlplane import ControlPlane
print(ControlPlane(controller_manager=False).start().url, flush=True)
input()
"""
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as launcher:
        assert launcher.stdout is not None
        address = urlsplit(launcher.stdout.readline().strip())
        with socket.create_connection((address.hostname or "", address.port or 0), timeout=30) as connection:
            launcher.send_signal(signal.SIGKILL)
            with contextlib.suppress(ConnectionResetError):  # that too is an end
                assert connection.recv(1) == b""


def test_an_existing_cluster_is_used_as_the_kubeconfig_says(
    api_only: ServerHandle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USE_EXISTING_CLUSTER", "true")
    monkeypatch.setenv("KUBECONFIG", str(api_only.write_kubeconfig(tmp_path / "kubeconfig")))
    with ControlPlane() as handle:
        assert handle == api_only
        assert call(handle, "GET", CONFIG_MAPS)[0] == 200
    assert call(api_only, "GET", "/version")[0] == 200
    with pytest.raises(ControlPlaneUnavailable, match="has no working controller manager"):
        ControlPlane(controller_manager=True).start()
    with pytest.raises(ControlPlaneUnavailable, match="unset USE_EXISTING_CLUSTER"):
        ControlPlane(token_users=[JANE]).start()
