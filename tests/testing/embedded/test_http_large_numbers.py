"""Numbers that are too large for Go or Python. They never cause an internal error."""

from typing import Any

import pytest

JSON = "application/json"
YAML = "application/yaml"
MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"

# Python does not convert strings of more than 4,300 digits.
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
def test_number_in_a_body_beyond_64_bits_is_a_bad_request(client: Any, body: str, content_type: str) -> None:
    answer = client.request("POST", client.path("configmaps"), body % LONG, content_type=content_type)
    assert (answer.status, answer.reason) == (400, "BadRequest")


def test_long_number_in_yaml_is_a_string(client: Any) -> None:
    answer = client.request(
        "POST", client.path("configmaps"), f"metadata: {{name: a}}\ndata: {{a: {LONG}}}\n", content_type=YAML
    )
    assert (answer.status, answer.document["data"]) == (201, {"a": LONG})


@pytest.mark.parametrize("content_type", [MERGE, STRATEGIC, JSON_PATCH])
def test_long_number_in_a_patch_is_a_bad_request(client: Any, content_type: str) -> None:
    client.create("configmaps", client.config_map("a"))
    body = f'{{"metadata":{{"generation":{LONG}}}}}'
    if content_type == JSON_PATCH:
        body = f'[{{"op":"add","path":"/metadata/generation","value":{LONG}}}]'
    answer = client.patch(client.path("configmaps", "a"), body, content_type)
    assert (answer.status, answer.reason) == (400, "BadRequest")


def test_long_array_index_in_a_json_patch_does_not_exist(client: Any) -> None:
    client.create("configmaps", client.config_map("a", finalizers=["example.com/a"]))
    operations = [{"op": "add", "path": f"/metadata/finalizers/{LONG}", "value": "example.com/b"}]
    answer = client.patch(client.path("configmaps", "a"), operations, JSON_PATCH)
    assert (answer.status, answer.reason) == (422, "Invalid")


@pytest.mark.parametrize("number", [LONG, "18446744073709551616"])
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=%s", 400),
        ("timeoutSeconds=%s", 400),
        ("resourceVersion=%s", 400),
        ("watch=1&resourceVersion=%s", 500),  # as for all resourceVersions that are not numbers
        ("watch=1&timeoutSeconds=%s", 400),
    ],
)
def test_query_parameter_beyond_64_bits_is_rejected(client: Any, query: str, code: int, number: str) -> None:
    answer = client.request("GET", f"{client.path('configmaps')}?{query % number}")
    assert (answer.status, answer.document["kind"]) == (code, "Status")
    assert "value out of range" in answer.document["message"]


@pytest.mark.parametrize("query", ["tailLines", "limitBytes", "sinceSeconds"])
def test_log_parameter_beyond_64_bits_is_a_bad_request(client: Any, query: str) -> None:
    answer = client.request("GET", client.path("pods", "p", "log") + f"?{query}={LONG}")
    assert (answer.status, answer.reason) == (400, "BadRequest")


def test_resource_version_beyond_64_bits_is_ignored_by_create_and_rejected_by_update(client: Any) -> None:
    body = client.config_map("a")
    body["metadata"]["resourceVersion"] = LONG
    created = client.request("POST", client.path("configmaps"), body)
    assert created.status == 201
    changed = client.request("PUT", client.path("configmaps", "a"), body)
    assert (changed.status, changed.reason) == (500, None)
    assert changed.document["message"].endswith("value out of range")


@pytest.mark.parametrize("seconds", [2**62, 2**63 - 1])
def test_very_long_grace_period_is_accepted(client: Any, seconds: int) -> None:
    body = {"metadata": {"name": "p"}, "spec": {"nodeName": "n", "containers": [{"name": "c", "image": "x"}]}}
    client.create("pods", body)
    answer = client.request("DELETE", client.path("pods", "p"), {"gracePeriodSeconds": seconds})
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
def test_quantity_may_have_any_number_of_digits(client: Any, written: str, stored: str) -> None:
    answer = client.request("POST", client.path("pods", dryRun="All"), POD % written)
    assert (answer.status, answer.document["spec"]["containers"][0]["resources"]["limits"]) == (201, {"cpu": stored})


def test_long_quantity_exponent_is_a_bad_request(client: Any) -> None:
    answer = client.request("POST", client.path("pods", dryRun="All"), POD % f"1e{LONG}")
    assert (answer.status, answer.reason) == (400, "BadRequest")


def test_long_percentage_is_more_than_100(client: Any) -> None:
    body = {"metadata": {"name": "b"}, "spec": {"minAvailable": f"{LONG}%"}}
    answer = client.request("POST", client.path("poddisruptionbudgets", group="policy/v1"), body)
    assert (answer.status, answer.causes) == (422, [("FieldValueInvalid", "spec.minAvailable")])
