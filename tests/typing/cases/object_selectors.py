"""Label and field selectors."""

from typing import Any

from typing_extensions import assert_type

from kubex.api import Api
from kubex.selectors import (
    EVERYTHING,
    Field,
    FieldRequirements,
    FieldSelectorTypes,
    Label,
    LabelRequirements,
    LabelSelectorTypes,
    field,
    label,
    parse,
)
from kubex_k8s.v1_35.meta.v1 import LabelSelector as OlderLabelSelector
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_k8s.v1_37.core.v1 import Pod
from kubex_k8s.v1_37.meta.v1 import LabelSelector


def correct(labels: dict[str, str], pod: Pod) -> LabelRequirements:
    assert_type(label("app"), Label)
    assert_type(field("status.phase"), Field)
    assert_type(label("app") == "web", LabelRequirements)
    assert_type(label("app") != "web", LabelRequirements)
    assert_type(label("size") > 5, LabelRequirements)
    assert_type(label("size") < 9, LabelRequirements)
    assert_type(field("status.phase") != "Running", FieldRequirements)
    assert_type((field("a") == "b") & (field("c") != "d"), FieldRequirements)
    selector = (label("app") == "web") & label("tier").not_in("db", "cache") & label("canary").absent()
    assert_type(selector, LabelRequirements)
    selector &= label("zone").in_("a", "b") & label("team").exists() & parse("!x")
    assert_type(selector.matches(labels), bool)
    assert_type(selector.matches(pod.metadata.labels), bool)
    assert_type(str(selector), str)
    return selector


def models(selector: LabelRequirements, web: Deployment, document: dict[str, Any]) -> LabelRequirements:
    assert_type(selector.to_model(LabelSelector), LabelSelector)
    assert_type(selector.to_model(OlderLabelSelector), OlderLabelSelector)
    LabelRequirements.from_model(document)
    LabelRequirements.from_model({"matchLabels": {"app": "web"}})
    LabelRequirements.from_model(OlderLabelSelector())
    assert web.spec
    web.spec.selector = selector.to_model(LabelSelector)
    return LabelRequirements.from_model(web.spec.selector)


async def verbs(pods: Api[Pod], web: Deployment, document: dict[str, Any], labels: dict[str, str]) -> None:
    selector = label("app") == "web"
    await pods.list(label_selector=selector, field_selector=field("status.phase") != "Running")
    await pods.list(label_selector=selector.to_model(OlderLabelSelector))
    await pods.list(label_selector={"matchLabels": labels, "matchExpressions": [{"key": "a", "operator": "Exists"}]})
    await pods.list(label_selector=document)
    await pods.list(label_selector=labels, field_selector=labels)
    await pods.list(label_selector={"app": "web"}, field_selector={"metadata.name": "web"})
    await pods.delete_collection(label_selector=EVERYTHING, field_selector=EVERYTHING)
    pods.watch(label_selector=web.spec.selector if web.spec else None)
    pods.logs.stream_pods(label_selector=selector)
    await pods.metadata.list(label_selector=selector)


async def argument_types(pods: Api[Pod], labels: LabelSelectorTypes = None, fields: FieldSelectorTypes = None) -> None:
    await pods.list(label_selector=labels, field_selector=fields)


async def wrong_arguments(pods: Api[Pod]) -> None:
    labels, fields = label("app") == "web", field("metadata.name") == "web"
    await pods.list(label_selector=fields)  # E: mypy[arg-type] pyright[reportArgumentType]
    await pods.list(field_selector=labels)  # E: mypy[arg-type] pyright[reportArgumentType]
    await pods.list(field_selector=LabelSelector())  # E: mypy[arg-type] pyright[reportArgumentType]
    await pods.list(label_selector=label("app"))  # E: mypy[arg-type] pyright[reportArgumentType]
    await pods.list(label_selector=LabelSelector)  # E: mypy[arg-type] pyright[reportArgumentType]
    await pods.list(label_selector={"app": 5})  # E: mypy[dict-item] pyright[reportArgumentType]
    await pods.list(label_selector=label("app") == 5)  # E: mypy[arg-type] pyright[reportArgumentType]
    await pods.list(label_selector=label("app") == None)  # E: mypy[arg-type] pyright[reportArgumentType]
    await pods.list(label_selector=["app=web"])  # E: mypy[arg-type] pyright[reportArgumentType]


def wrong_values(numbers: list[str]) -> None:
    label("a").not_in(5)  # E: mypy[arg-type] pyright[reportArgumentType]
    label("a").not_in(None)  # E: mypy[arg-type] pyright[reportArgumentType]
    label("a").not_in("db", None)  # E: mypy[arg-type] pyright[reportArgumentType]
    label("a").in_(numbers)  # E: mypy[arg-type] pyright[reportArgumentType]
    _ = label("a") > "5"  # E: mypy[operator] pyright[reportOperatorIssue]
    _ = label("a") >= 5  # E: mypy[operator] pyright[reportOperatorIssue]
    field("a").not_in("x")  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    _ = field("a") > 5  # E: mypy[operator] pyright[reportOperatorIssue]
    label(5)  # E: mypy[arg-type] pyright[reportArgumentType]
    parse({"a": "b"})  # E: mypy[arg-type] pyright[reportArgumentType]


def wrong_combinations() -> None:
    labels, fields = label("app") == "web", field("metadata.name") == "web"
    _ = label("app").exists() & fields  # E: mypy[operator] pyright[reportOperatorIssue]
    _ = fields & labels  # E: mypy[operator] pyright[reportOperatorIssue]
    _ = label("app") & field("a")  # E: mypy[operator] pyright[reportOperatorIssue]
    _ = labels & label("app")  # E: mypy[operator] pyright[reportOperatorIssue]
    _ = labels & "a=b"  # E: mypy[operator] pyright[reportOperatorIssue]
    _ = label("app") == "web" & labels  # E: mypy[operator] pyright[reportOperatorIssue]
    _ = labels | labels  # E: mypy[operator] pyright[reportOperatorIssue]
    _ = labels & EVERYTHING  # E: mypy[operator] pyright[reportOperatorIssue]


def wrong_models(selector: LabelRequirements) -> None:
    selector.to_model(Pod)  # E: mypy[type-var] pyright[reportArgumentType]
    selector.to_model(LabelSelector())  # E: mypy[arg-type] pyright[reportArgumentType]
    LabelRequirements.from_model(Pod.model_validate({}))  # E: mypy[arg-type] pyright[reportArgumentType]
    LabelRequirements.from_model("app=web")  # E: mypy[arg-type] pyright[reportArgumentType]
