"""What reviews and tokens are on the embedded server alone: its hook, its identities, its clock."""

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
    """Make a server whose users may read ConfigMaps, ask about themselves, and nothing else."""
    return EmbeddedServer(
        tokens={JANE: IDENTITY},
        authorize=lambda user, asked: (
            user.name != "jane"
            or asked.plural in REVIEWS
            or (asked.plural == "configmaps" and asked.verb in ("get", "list"))
        ),
    )


def test_who_one_is_shows_all_that_is_known(server: EmbeddedServer, make_wire: Callable[..., Any]) -> None:
    with server as handle:
        answer = make_wire(handle).request("POST", f"{AUTHENTICATION}/selfsubjectreviews", {}, token=JANE)
    assert answer.document["status"]["userInfo"] == {
        "username": "jane",
        "uid": "uid-of-jane",
        "groups": ["devs", "system:authenticated"],
        "extra": {"scopes": ["view", "edit"]},
    }


@pytest.mark.parametrize(("resource", "allowed"), [("configmaps", True), ("secrets", False)])
def test_the_hook_answers_questions(
    server: EmbeddedServer, make_wire: Callable[..., Any], resource: str, allowed: bool
) -> None:
    attributes = {"verb": "get", "resource": resource, "namespace": "default"}
    with server as handle:
        wire = make_wire(handle)
        for path, spec, token in (
            ("selfsubjectaccessreviews", {}, JANE),
            ("subjectaccessreviews", {"user": "jane"}, None),
            ("namespaces/default/localsubjectaccessreviews", {"user": "jane"}, None),
        ):
            body = {"spec": {"resourceAttributes": attributes, **spec}}
            answer = wire.request("POST", f"{AUTHORIZATION}/{path}", body, token=token)
            assert answer.document["status"] == {"allowed": allowed}


def test_the_hook_makes_the_rules(server: EmbeddedServer, make_wire: Callable[..., Any]) -> None:
    body = {"spec": {"namespace": "default"}}
    with server as handle:
        wire = make_wire(handle)
        answer = wire.request("POST", f"{AUTHORIZATION}/selfsubjectrulesreviews", body, token=JANE)
    status = answer.document["status"]
    assert {"verbs": ["get", "list"], "apiGroups": [""], "resources": ["configmaps"]} in status["resourceRules"]
    assert all(rule["resources"] != ["secrets"] for rule in status["resourceRules"])
    assert status["nonResourceRules"] == [
        {"verbs": ["get"], "nonResourceURLs": ["/healthz", "/livez", "/readyz", "/version"]}
    ]
    assert status["incomplete"]


def test_a_token_goes_with_its_account(make_wire: Callable[..., Any]) -> None:
    with EmbeddedServer() as handle:
        wire = make_wire(handle)
        wire.create("serviceaccounts", {"metadata": {"name": "robot"}})
        issued = wire.request("POST", wire.path("serviceaccounts", "robot", "token"), {})
        token = issued.document["status"]["token"]
        assert wire.request("GET", "/api/v1/namespaces", token=token).status == 200
        wire.request("DELETE", wire.path("serviceaccounts", "robot"))
        assert wire.request("GET", "/api/v1/namespaces", token=token).status == 401
        wire.create("serviceaccounts", {"metadata": {"name": "robot"}})
        assert wire.request("GET", "/api/v1/namespaces", token=token).status == 401


@pytest.mark.parametrize(("left", "counts", "known"), [(60, True, True), (-1, True, False), (60, False, False)])
def test_a_token_counts_until_it_expires(left: int, counts: bool, known: bool) -> None:
    authenticator = Authenticator({})
    expires = datetime.now(timezone.utc) + timedelta(seconds=left)
    authenticator.issue("token", IssuedToken(Identity("robot"), ("vault",), expires, lambda: counts))
    found = authenticator.authenticate_token("token", ["other", "vault"])
    assert found == ((Identity("robot", ("system:authenticated",)), ["vault"]) if known else None)
    assert authenticator.authenticate_token("token", [AUDIENCE]) is None
