"""`create_review`: access reviews, token reviews and bindings, which the server does not store."""

from typing import Any

import pytest

from behaviour.workloads import pod
from kubex.api import Api, create_review
from kubex.client import Client, create_client
from kubex.errors import (
    ApiWarning,
    BadRequest,
    DeadlineExceeded,
    Invalid,
    InvalidNameError,
    NamespaceError,
    NotFound,
)
from kubex.models import ApiResource, ClusterCreateOnly, ObjectMeta
from kubex.transport import Backend
from kubex_k8s.v1_37.authentication.v1 import SelfSubjectReview, TokenReview, TokenReviewSpec
from kubex_k8s.v1_37.authorization.v1 import (
    LocalSubjectAccessReview,
    NonResourceAttributes,
    ResourceAttributes,
    SelfSubjectAccessReview,
    SelfSubjectAccessReviewSpec,
    SelfSubjectRulesReview,
    SelfSubjectRulesReviewSpec,
    SubjectAccessReview,
    SubjectAccessReviewSpec,
)
from kubex_k8s.v1_37.core.v1 import Binding, ObjectReference, Pod, ServiceAccount
from kubex_testing import ServerHandle
from kubex_testing.embedded import Delay, EmbeddedServer

pytestmark = pytest.mark.anyio

LIST_PODS = ResourceAttributes(verb="list", resource="pods", namespace="default")
ANONYMOUS = {"user": "system:anonymous", "groups": ["system:unauthenticated"]}


async def test_self_subject_review_returns_the_current_user(client: Client) -> None:
    review = await create_review(client, SelfSubjectReview())
    assert type(review) is SelfSubjectReview
    assert review.status is not None
    assert review.status.user_info is not None
    assert review.status.user_info.groups == ["system:masters", "system:authenticated"]


async def test_self_subject_review_returns_the_user_of_a_client_certificate(
    server: ServerHandle, backend: Backend
) -> None:
    async with create_client(server.as_user("jane", ["devs"]).configuration(), client_class=backend) as jane:
        review = await create_review(jane, SelfSubjectReview())
    assert review.status is not None
    assert review.status.user_info is not None
    assert review.status.user_info.username == "jane"
    assert review.status.user_info.groups == ["devs", "system:authenticated"]


async def test_self_subject_access_review_returns_allowed(client: Client) -> None:
    spec = SelfSubjectAccessReviewSpec(resource_attributes=LIST_PODS)
    review = await create_review(client, SelfSubjectAccessReview(spec=spec))
    assert review.status is not None
    assert review.status.allowed
    assert review.spec.resource_attributes == LIST_PODS


@pytest.mark.parametrize(
    ("attributes", "allowed"),
    [
        ({"resourceAttributes": LIST_PODS}, False),
        ({"nonResourceAttributes": NonResourceAttributes(path="/healthz", verb="get")}, True),
        ({"nonResourceAttributes": NonResourceAttributes(path="/metrics", verb="get")}, False),
    ],
    ids=["pods", "healthz", "metrics"],
)
async def test_subject_access_review_checks_another_user(
    client: Client, attributes: dict[str, Any], allowed: bool
) -> None:
    spec = SubjectAccessReviewSpec.model_validate({**ANONYMOUS, **attributes})
    review = await create_review(client, SubjectAccessReview(spec=spec))
    assert review.status is not None
    assert review.status.allowed is allowed


async def test_subject_access_review_without_a_user_raises_invalid(client: Client) -> None:
    with pytest.raises(Invalid) as caught:
        await create_review(client, SubjectAccessReview(spec=SubjectAccessReviewSpec(resource_attributes=LIST_PODS)))
    assert [cause.field for cause in caught.value.causes] == ["spec.user"]


def local_access_review(reviewed_namespace: str, *, namespace: str | None = None) -> LocalSubjectAccessReview:
    """Return a review of whether anonymous users may list Pods in a namespace."""
    attributes = LIST_PODS.model_copy(update={"namespace": reviewed_namespace})
    return LocalSubjectAccessReview(
        metadata=ObjectMeta(namespace=namespace),
        spec=SubjectAccessReviewSpec.model_validate({**ANONYMOUS, "resourceAttributes": attributes}),
    )


async def test_local_subject_access_review_uses_the_default_namespace(client: Client, namespace: str) -> None:
    review = await create_review(client, local_access_review(namespace))
    assert review.metadata.namespace == namespace
    assert review.status is not None
    assert not review.status.allowed


async def test_local_subject_access_review_uses_the_namespace_of_the_call_or_object(client: Client) -> None:
    for review in (
        await create_review(client, local_access_review("default"), namespace="default"),
        await create_review(client, local_access_review("default", namespace="default")),
        await create_review(client, local_access_review("default", namespace="default"), namespace="default"),
    ):
        assert review.metadata.namespace == "default"
    with pytest.raises(Invalid) as caught:
        await create_review(client, local_access_review("kube-system"), namespace="default")
    assert [cause.field for cause in caught.value.causes] == ["spec.resourceAttributes.namespace"]


async def test_self_subject_rules_review_returns_the_rules(client: Client, namespace: str) -> None:
    spec = SelfSubjectRulesReviewSpec(namespace=namespace)
    review = await create_review(client, SelfSubjectRulesReview(spec=spec))
    assert review.status is not None
    assert any(rule.verbs == rule.resources == rule.api_groups == ["*"] for rule in review.status.resource_rules)
    assert any(rule.verbs == rule.non_resource_urls == ["*"] for rule in review.status.non_resource_rules)
    with pytest.raises(BadRequest, match="no namespace on request"):
        await create_review(client, SelfSubjectRulesReview(spec=SelfSubjectRulesReviewSpec()))


async def test_token_review_returns_the_user(client: Client, namespace: str) -> None:
    accounts = Api(ServiceAccount, client)
    await accounts.create(ServiceAccount(metadata=ObjectMeta(name="robot")))
    issued = await accounts.create_token("robot", audiences=["vault"])
    assert issued.status is not None
    spec = TokenReviewSpec(token=issued.status.token, audiences=["other", "vault"])
    review = await create_review(client, TokenReview(spec=spec))
    assert review.status is not None
    assert (review.status.authenticated, review.status.audiences) == (True, ["vault"])
    assert review.status.user is not None
    assert review.status.user.username == f"system:serviceaccount:{namespace}:robot"


async def test_token_review_of_an_unknown_token_is_not_authenticated(client: Client) -> None:
    review = await create_review(client, TokenReview(spec=TokenReviewSpec(token="unknown")))
    assert review.status is not None
    assert not review.status.authenticated
    assert review.status.error == "invalid bearer token"
    with pytest.raises(BadRequest, match="token is required"):
        await create_review(client, TokenReview(spec=TokenReviewSpec(token="")))


async def test_create_review_of_a_binding_binds_the_pod_and_returns_the_binding(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one"))
    binding = Binding(metadata=ObjectMeta(name="one"), target=ObjectReference(kind="Node", name="node-1"))
    assert await create_review(client, binding, dry_run=True) is binding
    assert await create_review(client, binding) is binding
    bound = await api.get("one")
    assert bound.spec is not None
    assert bound.spec.node_name == "node-1"
    binding.metadata.name = "none"
    with pytest.raises(NotFound, match='pods "none" not found'):
        await create_review(client, binding)
    await api.delete("one", grace_period_seconds=0)


async def test_create_review_sends_its_options(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    await create_review(embedded_client, SelfSubjectReview(), dry_run=True, field_manager="me")
    (request,) = kubex_server.requests
    assert (request.method, request.path) == ("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews")
    assert request.query == {"dryRun": ["All"], "fieldManager": ["me"]}
    assert request.body == b'{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview","metadata":{}}'


# After a timeout aiohttp closes the TLS connection gracefully, and the event loop can end before that is done.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
async def test_create_review_raises_deadline_exceeded_after_its_timeout(
    embedded_client: Client, kubex_server: EmbeddedServer
) -> None:
    delay = Delay()
    kubex_server.inject("POST *", delay)
    await embedded_client.version()  # opens the connection, so that the deadline ends the wait for the response
    with pytest.raises(DeadlineExceeded):
        await create_review(embedded_client, SelfSubjectReview(), request_timeout=0.2)
    delay.release()


async def test_create_review_emits_api_warnings(client: Client) -> None:
    review = SelfSubjectReview.model_validate({"color": "blue"})
    with pytest.warns(ApiWarning, match='unknown field "color"'):
        assert (await create_review(client, review)).status is not None


async def test_invalid_namespace_of_a_review_raises_before_sending(
    embedded_client: Client, kubex_server: EmbeddedServer
) -> None:
    review: Any = SelfSubjectReview()
    with pytest.raises(NamespaceError, match=r"selfsubjectreviews\.authentication\.k8s\.io: is cluster-scoped"):
        await create_review(embedded_client, review, namespace="default")
    with pytest.raises(NamespaceError, match="create_review needs one namespace"):
        await create_review(embedded_client, local_access_review("a"), namespace=None)
    with pytest.raises(NamespaceError, match="has namespace 'a', but the call uses namespace 'b'"):
        await create_review(embedded_client, local_access_review("a", namespace="a"), namespace="b")
    with pytest.raises(InvalidNameError):
        await create_review(embedded_client, local_access_review("a"), namespace="a/b")
    assert kubex_server.requests == []


class WithoutResource(ClusterCreateOnly):
    """A kind without an ApiResource."""


class Paint(ClusterCreateOnly):
    """A kind that the servers do not have."""

    __resource__ = ApiResource(group="example.com", version="v1", kind="Paint", plural="paints")


async def test_wrong_kinds_for_create_review_and_api_raise_type_error(
    embedded_client: Client, kubex_server: EmbeddedServer
) -> None:
    stored: Any = pod("one")
    with pytest.raises(TypeError, match=r"Pod is not a create-only kind: use Api\(Pod, client\)\.create\(\)"):
        await create_review(embedded_client, stored)
    with pytest.raises(TypeError, match="WithoutResource does not declare its API resource: add __resource__"):
        await create_review(embedded_client, WithoutResource())
    review: Any = TokenReview
    with pytest.raises(TypeError, match=r"TokenReview can only be created.+use create_review\(client, TokenReview"):
        Api(review, embedded_client)
    not_a_kind: Any = dict
    with pytest.raises(TypeError, match="dict is not a kind: derive it from NamespacedResource or ClusterResource"):
        Api(not_a_kind, embedded_client)
    assert kubex_server.requests == []


async def test_create_review_of_an_unknown_kind_raises_not_found(client: Client) -> None:
    with pytest.raises(NotFound):
        await create_review(client, Paint())
