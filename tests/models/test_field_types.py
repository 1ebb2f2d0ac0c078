"""Types of fields with a special JSON form: times, quantities, int-or-string, and null for empty containers."""

import copy
import json
import pickle
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Annotated

import pytest
from pydantic import ValidationError

from kubex.models import IntOrString, LazyModel, MicroTime, Model, ObjectMeta, Quantity, StatusDetails, Time, Timestamp
from kubex.models.fields import NullAsEmpty, NullAsEmptyDict
from kubex_k8s.v1_37.coordination.v1 import Lease, LeaseSpec
from kubex_k8s.v1_37.core.v1 import PodSpec

PARIS = timezone(timedelta(hours=1))


class Port(Model):
    target: IntOrString


class Times(Model):
    time: Time | None = None
    micro: MicroTime | None = None


class TimestampField(Model):
    at: Timestamp


class TimeFields(LazyModel):
    at: Time
    each: list[Time]
    by_name: dict[str, Time]


class TimestampFields(LazyModel):
    at: Timestamp
    each: list[Timestamp]
    by_name: dict[str, Timestamp]


class Endpoints(Model):
    endpoints: Annotated[list[str], NullAsEmpty]


class Values(Model):
    timestamp: Timestamp | None = None
    quantity: Quantity | None = None
    quantities: dict[str, Quantity] | None = None


class Table(Model):
    rows: Annotated[dict[str, int], NullAsEmptyDict]


@pytest.mark.covers("pitfall-8")
@pytest.mark.parametrize(
    ("when", "sent"),
    [
        (datetime(2024, 1, 2, 3, 4, 5, tzinfo=timezone.utc), "2024-01-02T03:04:05.000000Z"),
        (datetime(2024, 1, 2, 3, 4, 5, 6, tzinfo=timezone.utc), "2024-01-02T03:04:05.000006Z"),
        (datetime(2024, 1, 2, 3, 4, 5, 600_000, tzinfo=PARIS), "2024-01-02T02:04:05.600000Z"),
        (datetime(2024, 1, 2, 3, 4, 5), "2024-01-02T03:04:05.000000Z"),  # noqa: DTZ001 - naive on purpose
        (datetime(1, 1, 1, tzinfo=timezone.utc), "0001-01-01T00:00:00.000000Z"),
    ],
)
def test_micro_time_is_sent_with_six_digits_in_utc(when: datetime, sent: str) -> None:
    lease = Lease(metadata=ObjectMeta(name="l"), spec=LeaseSpec(renew_time=when))
    assert json.loads(lease.to_json())["spec"] == {"renewTime": sent}
    assert lease.to_dict()["spec"] == {"renewTime": sent}
    assert json.loads(Lease.model_validate_json(lease.to_json()).to_json())["spec"] == {"renewTime": sent}


@pytest.mark.parametrize(
    ("when", "sent"),
    [
        (datetime(2024, 1, 2, 3, 4, 5, 999_999, tzinfo=timezone.utc), "2024-01-02T03:04:05Z"),
        (datetime(2024, 1, 2, 3, 4, 5, tzinfo=PARIS), "2024-01-02T02:04:05Z"),
        (datetime(2024, 1, 2, 3, 4, 5), "2024-01-02T03:04:05Z"),  # noqa: DTZ001 - naive on purpose
        (datetime(33, 1, 2, tzinfo=timezone.utc), "0033-01-02T00:00:00Z"),
    ],
)
def test_time_is_sent_in_seconds_and_utc(when: datetime, sent: str) -> None:
    assert Times(time=when).to_dict() == {"time": sent}


def test_time_is_read_as_an_aware_datetime() -> None:
    times = Times.model_validate_json('{"time": "2024-01-02T03:04:05Z", "micro": "2024-01-02T03:04:05.000006Z"}')
    assert times.time == datetime(2024, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    assert times.model_dump()["micro"] == datetime(2024, 1, 2, 3, 4, 5, 6, tzinfo=timezone.utc)
    assert Times().to_dict() == {}


@pytest.mark.covers("pitfall-9")
@pytest.mark.parametrize("body", ['{"endpoints": null}', '{"endpoints": []}'])
def test_null_is_read_as_an_empty_list(body: str) -> None:
    assert Endpoints.model_validate_json(body).endpoints == []


@pytest.mark.covers("pitfall-9")
def test_null_is_read_as_an_empty_list_of_models() -> None:
    assert PodSpec.model_validate_json('{"containers": null}').containers == []
    assert StatusDetails.model_validate_json('{"causes": null}').causes == []
    with pytest.raises(ValidationError):
        PodSpec.model_validate_json("{}")


@pytest.mark.parametrize("value", [80, "http", "80", 0])
def test_int_or_string_preserves_the_type(value: int | str) -> None:
    port = Port.model_validate_json(json.dumps({"target": value}))
    assert port.target == value
    assert type(port.target) is type(value)
    assert port.to_dict() == {"target": value}


@pytest.mark.parametrize("value", [True, False, 1.5, None, []])
def test_int_or_string_rejects_other_types(value: object) -> None:
    with pytest.raises(ValidationError):
        Port.model_validate_json(json.dumps({"target": value}))


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-02T03:04:05Z",
        "2024-01-02T03:04:05.600Z",
        "2024-01-02T03:04:05.000000Z",
        "2024-01-02T03:04:05.123456Z",
        "2024-01-02T03:04:05.123456789Z",
        "2024-02-29T23:59:59.123456789+02:00",
        "2024-01-02T03:04:05+00:00",
        "2024-01-02t03:04:05z",
        "0001-01-01T00:00:00+02:00",
    ],
)
@pytest.mark.parametrize("kind", [TimeFields, TimestampFields])
def test_unchanged_time_is_sent_as_received(kind: type[Model], text: str) -> None:
    expected = {"at": text, "each": [text, text], "byName": {"a": text}}
    for original in (kind.model_validate_json(json.dumps(expected)), kind.model_validate(expected)):
        copies = (
            original,
            copy.deepcopy(original),
            original.model_copy(deep=True),
            pickle.loads(pickle.dumps(original)),
        )
        for duplicate in copies:
            assert duplicate == original
            assert duplicate.to_dict() == expected
            assert json.loads(duplicate.to_json()) == expected
            assert duplicate.model_dump(mode="json", by_alias=True) == expected
            assert json.loads(duplicate.model_dump_json(by_alias=True)) == expected


def test_received_time_equals_a_datetime() -> None:
    text = "2024-01-02T03:04:05.123456789+02:00"
    zone = timezone(timedelta(hours=2))
    read = Times.model_validate_json(json.dumps({"time": text})).time
    plain = datetime(2024, 1, 2, 3, 4, 5, 123456, tzinfo=zone)
    assert read is not None
    assert (read, hash(read), read.isoformat()) == (plain, hash(plain), plain.isoformat())
    assert isinstance(read, datetime)


def test_computed_time_is_sent_in_the_common_form() -> None:
    original = TimestampField.model_validate_json('{"at": "2024-01-02T03:04:05.123456789+02:00"}')
    changes: list[Callable[[datetime], datetime]] = [
        lambda at: at + timedelta(0),
        lambda at: at.replace(second=5),
        lambda at: at.astimezone(timezone.utc),
        lambda at: pickle.loads(pickle.dumps(at.replace(second=5))),
        lambda at: datetime.fromisoformat(at.isoformat()),
    ]
    for change in changes:
        assert TimestampField(at=change(original.at)).to_dict() == {"at": "2024-01-02T01:04:05.123456Z"}
        duplicate = original.model_copy(deep=True)
        duplicate.at = change(duplicate.at)
        assert duplicate.to_dict() == {"at": "2024-01-02T01:04:05.123456Z"}


@pytest.mark.covers("pitfall-8")
@pytest.mark.parametrize(
    ("read", "sent"),
    [
        ("2020-02-28T20:11:41.636526400Z", "2020-02-28T20:11:41.636526Z"),
        ("2022-06-23T18:10:50.278Z", "2022-06-23T18:10:50.278000Z"),
        ("2022-06-23T18:10:50Z", "2022-06-23T18:10:50.000000Z"),
        ("2022-06-23T18:10:50.278000+02:00", "2022-06-23T18:10:50.278000+02:00"),
    ],
)
def test_micro_time_with_six_digits_is_sent_as_received(read: str, sent: str) -> None:
    assert LeaseSpec.model_validate({"renewTime": read}).to_dict() == {"renewTime": sent}


def test_invalid_time_raises_with_an_example() -> None:
    values: list[object] = ["yesterday", [], {}, True]
    for value in values:
        with pytest.raises(ValidationError, match="such as 2024-01-02T03:04:05Z"):
            TimestampField.model_validate_json(json.dumps({"at": value}))


def sent_json(values: Values) -> dict[str, object]:
    """Return the JSON form of an object, and check that `to_json()` and `to_dict()` are equal."""
    data: dict[str, object] = json.loads(values.to_json())
    assert data == values.to_dict()
    return data


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2026-01-02T03:04:05", "2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04:05.000060", "2026-01-02T03:04:05.000060Z"),
        ("2026-01-02T03:04:05.500000+02:00", "2026-01-02T01:04:05.500000Z"),
    ],
)
def test_timestamp_is_sent_with_its_fraction(value: str, text: str) -> None:
    assert sent_json(Values(timestamp=datetime.fromisoformat(value))) == {"timestamp": text}


def test_quantity_is_preserved_and_numbers_become_strings() -> None:
    assert Values.model_validate_json(b'{"quantity": "1.50Gi"}').quantity == "1.50Gi"
    assert Values.model_validate_json(b'{"quantities": {"cpu": 2, "gpu": 0.5}}').quantities == {
        "cpu": "2",
        "gpu": "0.5",
    }
    with pytest.raises(ValidationError):
        Values.model_validate_json(b'{"quantity": true}')


def test_null_is_read_as_an_empty_dict() -> None:
    assert Table.model_validate_json(b'{"rows": null}').rows == {}
    assert Table.model_validate_json(b'{"rows": {"a": 1}}').rows == {"a": 1}
    with pytest.raises(ValidationError):
        Table.model_validate_json(b"{}")
