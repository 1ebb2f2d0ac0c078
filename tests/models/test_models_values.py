"""Field types whose JSON form needs care."""

import json
from datetime import datetime, timedelta, timezone
from typing import Annotated

import pytest
from pydantic import ValidationError

from kubex.models import IntOrString, MicroTime, Model, ObjectMeta, StatusDetails, Time, Timestamp
from kubex.models.fields import NullAsEmpty
from kubex_k8s.v1_37.coordination.v1 import Lease, LeaseSpec
from kubex_k8s.v1_37.core.v1 import PodSpec

PARIS = timezone(timedelta(hours=1))


class Port(Model):
    target: IntOrString


class Times(Model):
    time: Time | None = None
    micro: MicroTime | None = None


class Stamped(Model):
    at: Timestamp
    exactly: str


class Endpoints(Model):
    endpoints: Annotated[list[str], NullAsEmpty]


@pytest.mark.covers("pitfall-8")
@pytest.mark.parametrize(
    ("when", "sent"),
    [
        (datetime(2024, 1, 2, 3, 4, 5, tzinfo=timezone.utc), "2024-01-02T03:04:05.000000Z"),
        (datetime(2024, 1, 2, 3, 4, 5, 6, tzinfo=timezone.utc), "2024-01-02T03:04:05.000006Z"),
        (datetime(2024, 1, 2, 3, 4, 5, 600_000, tzinfo=PARIS), "2024-01-02T02:04:05.600000Z"),
        (datetime(2024, 1, 2, 3, 4, 5), "2024-01-02T03:04:05.000000Z"),  # noqa: DTZ001 - a naive one is the point
        (datetime(1, 1, 1, tzinfo=timezone.utc), "0001-01-01T00:00:00.000000Z"),
    ],
)
def test_a_micro_time_has_six_digits_and_a_zone(when: datetime, sent: str) -> None:
    lease = Lease(metadata=ObjectMeta(name="l"), spec=LeaseSpec(renew_time=when))
    assert json.loads(lease.to_json())["spec"] == {"renewTime": sent}
    assert lease.to_dict()["spec"] == {"renewTime": sent}
    assert json.loads(Lease.model_validate_json(lease.to_json()).to_json())["spec"] == {"renewTime": sent}


@pytest.mark.parametrize(
    ("when", "sent"),
    [
        (datetime(2024, 1, 2, 3, 4, 5, 999_999, tzinfo=timezone.utc), "2024-01-02T03:04:05Z"),
        (datetime(2024, 1, 2, 3, 4, 5, tzinfo=PARIS), "2024-01-02T02:04:05Z"),
        (datetime(2024, 1, 2, 3, 4, 5), "2024-01-02T03:04:05Z"),  # noqa: DTZ001 - a naive one is the point
        (datetime(33, 1, 2, tzinfo=timezone.utc), "0033-01-02T00:00:00Z"),
    ],
)
def test_a_time_has_whole_seconds_and_a_zone(when: datetime, sent: str) -> None:
    assert Times(time=when).to_dict() == {"time": sent}


def test_a_time_is_read_with_its_zone_and_stays_a_datetime_in_python() -> None:
    times = Times.model_validate_json('{"time": "2024-01-02T03:04:05Z", "micro": "2024-01-02T03:04:05.000006Z"}')
    assert times.time == datetime(2024, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    assert times.model_dump()["micro"] == datetime(2024, 1, 2, 3, 4, 5, 6, tzinfo=timezone.utc)
    assert Times().to_dict() == {}


@pytest.mark.covers("pitfall-9")
@pytest.mark.parametrize("body", ['{"endpoints": null}', '{"endpoints": []}'])
def test_a_required_list_may_come_as_null(body: str) -> None:
    assert Endpoints.model_validate_json(body).endpoints == []


@pytest.mark.covers("pitfall-9")
def test_null_lists_of_models_are_empty_too() -> None:
    assert PodSpec.model_validate_json('{"containers": null}').containers == []
    assert StatusDetails.model_validate_json('{"causes": null}').causes == []
    with pytest.raises(ValidationError):
        PodSpec.model_validate_json("{}")


@pytest.mark.parametrize("value", [80, "http", "80", 0])
def test_a_number_or_text_stays_what_it_is(value: int | str) -> None:
    port = Port.model_validate_json(json.dumps({"target": value}))
    assert port.target == value
    assert type(port.target) is type(value)
    assert port.to_dict() == {"target": value}


@pytest.mark.parametrize("value", [True, False, 1.5, None, []])
def test_anything_else_is_neither(value: object) -> None:
    with pytest.raises(ValidationError):
        Port.model_validate_json(json.dumps({"target": value}))


@pytest.mark.parametrize(
    ("read", "sent"),
    [
        ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z"),
        ("2024-01-02T03:04:05.600Z", "2024-01-02T03:04:05.600000Z"),
        ("2024-01-02T03:04:05.123456789+01:00", "2024-01-02T02:04:05.123456Z"),
    ],
)
def test_a_timestamp_has_its_fraction_to_the_microsecond_and_text_has_all(read: str, sent: str) -> None:
    stamped = Stamped.model_validate_json(json.dumps({"at": read, "exactly": read}))
    assert stamped.to_dict() == {"at": sent, "exactly": read}
