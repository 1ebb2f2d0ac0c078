"""Reviews and tokens with the authorize hook, the users and the clock of the embedded server."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from kubex_testing.embedded import EmbeddedServer, Identity
from kubex_testing.embedded._auth import AUDIENCE, Authenticator, IssuedToken

JANE = "token-of-jane"
AUTHENTICATION = "/apis/authentication.k8s.io/v1"
AUTHORIZATION = "/apis/authorization.k8s.io/v1"
IDENTITY = Identity("jane", ("devs",), "uid-of-jane", (("scopes", ("view", "edit")),))
REVIEWS = ("selfsubjectreviews", "selfsubjectaccessreviews", "selfsubjectrulesreviews")


@pytest.fixture
def server() -> EmbeddedServer:
    """Start a server where users may only read ConfigMaps and create reviews about themselves."""
    return EmbeddedServer(
        tokens={JANE: IDENTITY},
        authorize=lambda user, asked: (
            user.name != "jane"
            or asked.plural in REVIEWS
            or (asked.plural == "configmaps" and asked.verb in ("get", "list"))
        ),
    )


def test_self_subject_review_returns_all_fields_of_the_user(
    server: EmbeddedServer, make_client: Callable[..., Any]
) -> None:
    with server as handle:
        answer = make_client(handle).request("POST", f"{AUTHENTICATION}/selfsubjectreviews", {}, token=JANE)
    assert answer.document["status"]["userInfo"] == {
        "username": "jane",
        "uid": "uid-of-jane",
        "groups": ["devs", "system:authenticated"],
        "extra": {"scopes": ["view", "edit"]},
    }


@pytest.mark.parametrize(("resource", "allowed"), [("configmaps", True), ("secrets", False)])
def test_authorize_hook_decides_access_reviews(
    server: EmbeddedServer, make_client: Callable[..., Any], resource: str, allowed: bool
) -> None:
    attributes = {"verb": "get", "resource": resource, "namespace": "default"}
    with server as handle:
        client = make_client(handle)
        for path, spec, token in (
            ("selfsubjectaccessreviews", {}, JANE),
            ("subjectaccessreviews", {"user": "jane"}, None),
            ("namespaces/default/localsubjectaccessreviews", {"user": "jane"}, None),
        ):
            body = {"spec": {"resourceAttributes": attributes, **spec}}
            answer = client.request("POST", f"{AUTHORIZATION}/{path}", body, token=token)
            assert answer.document["status"] == {"allowed": allowed}


def test_authorize_hook_determines_the_rules_review(server: EmbeddedServer, make_client: Callable[..., Any]) -> None:
    body = {"spec": {"namespace": "default"}}
    with server as handle:
        client = make_client(handle)
        answer = client.request("POST", f"{AUTHORIZATION}/selfsubjectrulesreviews", body, token=JANE)
    status = answer.document["status"]
    assert {"verbs": ["get", "list"], "apiGroups": [""], "resources": ["configmaps"]} in status["resourceRules"]
    assert all(rule["resources"] != ["secrets"] for rule in status["resourceRules"])
    assert status["nonResourceRules"] == [
        {"verbs": ["get"], "nonResourceURLs": ["/healthz", "/livez", "/readyz", "/version"]}
    ]
    assert status["incomplete"]


def test_token_becomes_invalid_when_its_account_is_deleted(make_client: Callable[..., Any]) -> None:
    with EmbeddedServer() as handle:
        client = make_client(handle)
        client.create("serviceaccounts", {"metadata": {"name": "robot"}})
        issued = client.request("POST", client.path("serviceaccounts", "robot", "token"), {})
        token = issued.document["status"]["token"]
        assert client.request("GET", "/api/v1/namespaces", token=token).status == 200
        client.request("DELETE", client.path("serviceaccounts", "robot"))
        assert client.request("GET", "/api/v1/namespaces", token=token).status == 401
        client.create("serviceaccounts", {"metadata": {"name": "robot"}})
        assert client.request("GET", "/api/v1/namespaces", token=token).status == 401


@pytest.mark.parametrize(("left", "counts", "known"), [(60, True, True), (-1, True, False), (60, False, False)])
def test_token_is_valid_until_it_expires(left: int, counts: bool, known: bool) -> None:
    authenticator = Authenticator({})
    expires = datetime.now(timezone.utc) + timedelta(seconds=left)
    authenticator.issue("token", IssuedToken(Identity("robot"), ("vault",), expires, lambda: counts))
    found = authenticator.authenticate_token("token", ["other", "vault"])
    assert found == ((Identity("robot", ("system:authenticated",)), ["vault"]) if known else None)
    assert authenticator.authenticate_token("token", [AUDIENCE]) is None
