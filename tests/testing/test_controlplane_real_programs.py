"""The launcher with the real programs. Tests share a control plane if possible, because the start is slow."""

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

# In seconds. The garbage collector looks for new resources every 30 s, and stops its work meanwhile.
CONTROLLER_LIMIT = 90


def connect(handle: ServerHandle) -> http.client.HTTPSConnection:
    """Open a connection that authenticates as the user of a handle."""
    identity = None
    if handle.client_cert_pem is not None and handle.client_key_pem is not None:
        identity = Identity(handle.client_cert_pem, handle.client_key_pem)
    context = client_context(handle.ca_pem, identity)
    return http.client.HTTPSConnection(urlsplit(handle.url).netloc, timeout=CONTROLLER_LIMIT + 5, context=context)


def send_request(handle: ServerHandle, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Send a request, and return the status and the document of the response."""
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


def wait_for_event(handle: ServerHandle, path: str, event: str, name: str, since: str = "") -> None:
    """Watch a collection from a resource version until an event for an object with this name prefix arrives."""
    connection = connect(handle)
    try:
        connection.request("GET", f"{path}?watch=1&timeoutSeconds={CONTROLLER_LIMIT}&resourceVersion={since}")
        for line in connection.getresponse():
            seen = json.loads(line)
            if seen["type"] == event and seen["object"]["metadata"]["name"].startswith(name):
                return
    finally:
        connection.close()
    pytest.fail(f"no {event} event of {path}/{name} within {CONTROLLER_LIMIT} s")


def config_map(name: str, **metadata: Any) -> dict[str, Any]:
    """Return a config map for a create request."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}}


def require_capability(handle: ServerHandle, capability: str) -> None:
    """Skip the test if the control plane does not run controllers."""
    if capability not in handle.capabilities:
        pytest.skip(f"needs {capability}: no kube-controller-manager in KUBEBUILDER_ASSETS")


@pytest.fixture(scope="module")
def api_server() -> Iterator[ServerHandle]:
    """Start a control plane without controllers and kubelet, and with a token for jane."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("USE_EXISTING_CLUSTER", raising=False)
        control_plane = ControlPlane(controller_manager=False, kubelet=False, token_users=[JANE])
        try:
            handle = control_plane.start()
        except ControlPlaneUnavailable as error:
            pytest.skip(str(error))
    yield handle
    control_plane.stop()


def test_control_plane_serves_a_released_version(api_server: ServerHandle) -> None:
    status, version = send_request(api_server, "GET", "/version")
    assert status == 200
    assert re.fullmatch(r"v1\.\d+\.\d+", version["gitVersion"])
    assert version["gitVersion"] != "v0.0.0"
    assert version["gitVersion"].split(".")[1] == version["minor"]


def test_control_plane_without_controllers_and_kubelet_has_only_the_api_capability(api_server: ServerHandle) -> None:
    assert api_server.capabilities == {"api"}


def test_administrator_has_all_permissions(api_server: ServerHandle) -> None:
    assert send_request(api_server, "POST", CONFIG_MAPS, config_map("admin"))[0] == 201
    assert send_request(api_server, "DELETE", f"{CONFIG_MAPS}/admin")[0] == 200


def test_token_users_have_their_groups_and_rbac_permissions(api_server: ServerHandle) -> None:
    jane = api_server.with_token(JANE.token)
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    status, answer = send_request(jane, "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", review)
    assert status == 201
    assert answer["status"]["userInfo"]["username"] == "jane"
    assert set(answer["status"]["userInfo"]["groups"]) == {"developers", "system:authenticated"}
    status, answer = send_request(jane, "GET", CONFIG_MAPS)
    assert (status, answer["reason"]) == (403, "Forbidden")


def test_certificate_users_have_their_names_and_groups(api_server: ServerHandle) -> None:
    status, answer = send_request(api_server.as_user("joe"), "GET", CONFIG_MAPS)
    assert status == 403
    assert 'User "joe" cannot list' in answer["message"]
    assert send_request(api_server.as_user("root", ["system:masters"]), "GET", CONFIG_MAPS)[0] == 200


def test_missing_credentials_are_anonymous_and_wrong_ones_are_unauthorized(api_server: ServerHandle) -> None:
    assert send_request(api_server.anonymous(), "GET", CONFIG_MAPS)[0] == 403
    assert send_request(api_server.with_token("wrong"), "GET", CONFIG_MAPS)[0] == 401


def test_authority_of_one_control_plane_is_not_trusted_by_another(api_server: ServerHandle) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        send_request(ServerHandle(api_server.url), "GET", "/version")


def test_controller_manager_collects_garbage(kubex_control_plane: ServerHandle) -> None:
    require_capability(kubex_control_plane, "gc")
    _, owner = send_request(kubex_control_plane, "POST", CONFIG_MAPS, config_map("owner"))
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner["metadata"]["uid"]}
    _, owned = send_request(kubex_control_plane, "POST", CONFIG_MAPS, config_map("owned", ownerReferences=[reference]))
    assert send_request(kubex_control_plane, "DELETE", f"{CONFIG_MAPS}/owner?propagationPolicy=Background")[0] == 200
    wait_for_event(kubex_control_plane, CONFIG_MAPS, "DELETED", "owned", owned["metadata"]["resourceVersion"])


def test_controller_manager_deletes_namespaces_and_their_contents(kubex_control_plane: ServerHandle) -> None:
    require_capability(kubex_control_plane, "namespace-controller")
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "leaving"}}
    _, made = send_request(kubex_control_plane, "POST", "/api/v1/namespaces", namespace)
    send_request(kubex_control_plane, "POST", "/api/v1/namespaces/leaving/configmaps", config_map("inside"))
    assert send_request(kubex_control_plane, "DELETE", "/api/v1/namespaces/leaving")[0] == 200
    wait_for_event(kubex_control_plane, "/api/v1/namespaces", "DELETED", "leaving", made["metadata"]["resourceVersion"])


def test_controller_manager_creates_pods_for_deployments(kubex_control_plane: ServerHandle) -> None:
    require_capability(kubex_control_plane, "workloads")
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": "web"}]}}
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"selector": {"matchLabels": labels}, "template": template},
    }
    path = "/apis/apps/v1/namespaces/default/deployments"
    assert send_request(kubex_control_plane, "POST", path, deployment)[0] == 201
    wait_for_event(kubex_control_plane, "/api/v1/namespaces/default/pods", "ADDED", "web-")
    assert send_request(kubex_control_plane, "DELETE", f"{path}/web")[0] == 200


def test_unknown_flag_is_reported_with_the_message_of_the_program(api_server: ServerHandle) -> None:
    with pytest.raises(ControlPlaneStartError, match=r"kube-apiserver ended with exit code 1 (?s:.*)flag: --nope"):
        ControlPlane(extra_apiserver_args=["--nope"]).start()


def test_killing_the_launcher_ends_the_programs(api_server: ServerHandle) -> None:
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
            with contextlib.suppress(ConnectionResetError):  # an aborted connection is also closed
                assert connection.recv(1) == b""


def test_existing_cluster_is_used_with_the_kubeconfig(
    api_server: ServerHandle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USE_EXISTING_CLUSTER", "true")
    monkeypatch.setenv("KUBECONFIG", str(api_server.write_kubeconfig(tmp_path / "kubeconfig")))
    with ControlPlane() as handle:
        assert handle == api_server
        assert send_request(handle, "GET", CONFIG_MAPS)[0] == 200
    assert send_request(api_server, "GET", "/version")[0] == 200
    with pytest.raises(ControlPlaneUnavailable, match="has no working controller manager"):
        ControlPlane(controller_manager=True).start()
    with pytest.raises(ControlPlaneUnavailable, match="unset USE_EXISTING_CLUSTER"):
        ControlPlane(token_users=[JANE]).start()


def test_service_account_admission_can_be_enabled(api_server: ServerHandle) -> None:
    pod = {"metadata": {"name": "a"}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    with ControlPlane(controller_manager=False, kubelet=False, service_accounts=True) as handle:
        path = "/api/v1/namespaces/default"
        status, document = send_request(handle, "POST", f"{path}/pods", pod)
        assert (status, document["reason"]) == (403, "Forbidden")
        assert 'service account default/default: serviceaccount "default" not found' in document["message"]
        assert send_request(handle, "POST", f"{path}/serviceaccounts", {"metadata": {"name": "default"}})[0] == 201
        status, document = send_request(handle, "POST", f"{path}/pods", pod)
        assert (status, document["spec"]["serviceAccountName"]) == (201, "default")
