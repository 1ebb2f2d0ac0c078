"""Numbers that are too large, for Go or for Python: never an internal error."""

from typing import Any

import pytest

JSON = "application/json"
YAML = "application/yaml"
MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"

# Python refuses to convert texts of more than 4,300 digits.
LONG = "9" * 5000

POD = '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"x","resources":{"limits":{"cpu":"%s"}}}]}}'


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ('{"metadata":{"name":"a","generation":%s}}', JSON),
        ('{"metadata":{"name":"a","generation":-%s}}', JSON),
        ('{"metadata":{"name":"a","generation":1e%s}}', JSON),
        ('{"metadata":{"name":"a"},"data":{"a":%s}}', JSON),
    ],
)
def test_a_number_in_a_body_that_no_64_bits_hold_is_a_bad_request(wire: Any, body: str, content_type: str) -> None:
    answer = wire.request("POST", wire.path("configmaps"), body % LONG, content_type=content_type)
    assert (answer.status, answer.reason) == (400, "BadRequest")


def test_yaml_reads_a_long_number_as_text(wire: Any) -> None:
    answer = wire.request(
        "POST", wire.path("configmaps"), f"metadata: {{name: a}}\ndata: {{a: {LONG}}}\n", content_type=YAML
    )
    assert (answer.status, answer.document["data"]) == (201, {"a": LONG})


@pytest.mark.parametrize("content_type", [MERGE, STRATEGIC, JSON_PATCH])
def test_a_long_number_in_a_patch_is_a_bad_request(wire: Any, content_type: str) -> None:
    wire.create("configmaps", wire.config_map("a"))
    body = f'{{"metadata":{{"generation":{LONG}}}}}'
    if content_type == JSON_PATCH:
        body = f'[{{"op":"add","path":"/metadata/generation","value":{LONG}}}]'
    answer = wire.patch(wire.path("configmaps", "a"), body, content_type)
    assert (answer.status, answer.reason) == (400, "BadRequest")


def test_a_long_index_in_a_patch_does_not_exist(wire: Any) -> None:
    wire.create("configmaps", wire.config_map("a", finalizers=["example.com/a"]))
    operations = [{"op": "add", "path": f"/metadata/finalizers/{LONG}", "value": "example.com/b"}]
    answer = wire.patch(wire.path("configmaps", "a"), operations, JSON_PATCH)
    assert (answer.status, answer.reason) == (422, "Invalid")


@pytest.mark.parametrize("number", [LONG, "18446744073709551616"])
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=%s", 400),
        ("timeoutSeconds=%s", 400),
        ("resourceVersion=%s", 400),
        ("watch=1&resourceVersion=%s", 500),  # as for every resourceVersion that is not a number
        ("watch=1&timeoutSeconds=%s", 400),
    ],
)
def test_a_parameter_that_64_bits_do_not_hold_is_refused(wire: Any, query: str, code: int, number: str) -> None:
    answer = wire.request("GET", f"{wire.path('configmaps')}?{query % number}")
    assert (answer.status, answer.document["kind"]) == (code, "Status")
    assert "value out of range" in answer.document["message"]


@pytest.mark.parametrize("query", ["tailLines", "limitBytes", "sinceSeconds"])
def test_a_log_parameter_that_64_bits_do_not_hold_is_a_bad_request(wire: Any, query: str) -> None:
    answer = wire.request("GET", wire.path("pods", "p", "log") + f"?{query}={LONG}")
    assert (answer.status, answer.reason) == (400, "BadRequest")


def test_a_resource_version_that_is_too_large_is_not_one(wire: Any) -> None:
    body = wire.config_map("a")
    body["metadata"]["resourceVersion"] = LONG
    created = wire.request("POST", wire.path("configmaps"), body)
    assert created.status == 201
    changed = wire.request("PUT", wire.path("configmaps", "a"), body)
    assert (changed.status, changed.reason) == (500, None)
    assert changed.document["message"].endswith("value out of range")


@pytest.mark.parametrize("seconds", [2**62, 2**63 - 1])
def test_a_grace_period_of_ages_is_a_deletion_like_others(wire: Any, seconds: int) -> None:
    body = {"metadata": {"name": "p"}, "spec": {"nodeName": "n", "containers": [{"name": "c", "image": "x"}]}}
    wire.create("pods", body)
    answer = wire.request("DELETE", wire.path("pods", "p"), {"gracePeriodSeconds": seconds})
    assert answer.status == 200
    assert answer.document["metadata"]["deletionGracePeriodSeconds"] == seconds


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        (LONG, LONG),
        ("1e5000", "100e4998"),
        ("1e301", "10e300"),
        ("0.1e400", "1e399"),
        ("8Ei", "9223372036854775807"),
        ("111111111111111111111111111111.5", "111111111111111111111111111111500m"),
    ],
)
def test_a_quantity_may_have_any_number_of_digits(wire: Any, written: str, stored: str) -> None:
    answer = wire.request("POST", wire.path("pods", dryRun="All"), POD % written)
    assert (answer.status, answer.document["spec"]["containers"][0]["resources"]["limits"]) == (201, {"cpu": stored})


def test_a_long_exponent_is_a_bad_request(wire: Any) -> None:
    answer = wire.request("POST", wire.path("pods", dryRun="All"), POD % f"1e{LONG}")
    assert (answer.status, answer.reason) == (400, "BadRequest")


def test_a_long_percentage_is_more_than_100(wire: Any) -> None:
    body = {"metadata": {"name": "b"}, "spec": {"minAvailable": f"{LONG}%"}}
    answer = wire.request("POST", wire.path("poddisruptionbudgets", group="policy/v1"), body)
    assert (answer.status, answer.causes) == (422, [("FieldValueInvalid", "spec.minAvailable")])
