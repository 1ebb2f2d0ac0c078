"""Values whose JSON form needs care: times, int-or-string, quantities, null lists, Secrets."""

import json
from datetime import datetime, timedelta, timezone
from typing import Annotated

import pytest
from pydantic import Field, ValidationError

from kubex.models import (
    IntOrString,
    MicroTime,
    Model,
    NullAsEmpty,
    NullAsEmptyDict,
    Quantity,
    Time,
    decode_secret_data,
    encode_secret_data,
)


class Values(Model):
    time: Time | None = None
    micro: MicroTime | None = None
    port: IntOrString | None = None
    amount: Quantity | None = None
    amounts: dict[str, Quantity] | None = None
    items: Annotated[list[int], NullAsEmpty] = Field(default_factory=list[int])
    table: Annotated[dict[str, int], NullAsEmptyDict] = Field(default_factory=dict[str, int])


def sent(values: Values) -> dict[str, object]:
    """Return what a model sends."""
    text: dict[str, object] = json.loads(values.to_json())
    assert text == values.to_dict()
    return text


BERLIN = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("value", "time", "micro"),
    [
        (datetime.fromisoformat("2026-01-02T03:04:05"), "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000000Z"),
        (
            datetime.fromisoformat("2026-01-02T03:04:05.000060"),
            "2026-01-02T03:04:05.000060Z",
            "2026-01-02T03:04:05.000060Z",
        ),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=BERLIN), "2026-01-02T01:04:05Z", "2026-01-02T01:04:05.000000Z"),
        (datetime.fromisoformat("0001-01-01T00:00:00"), "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"),
    ],
)
def test_times_are_sent_in_utc_and_micro_times_with_six_digits(value: datetime, time: str, micro: str) -> None:
    assert sent(Values(time=value, micro=value, items=[], table={})) == {
        "time": time, "micro": micro, "items": [], "table": {}
    }  # fmt: skip


def test_times_are_read_with_their_zone() -> None:
    read = Values.model_validate_json(b'{"time": "2026-01-02T03:04:05+02:00", "micro": "2026-01-02T03:04:05.123456Z"}')
    assert read.time == datetime(2026, 1, 2, 1, 4, 5, tzinfo=timezone.utc)
    assert read.micro == datetime(2026, 1, 2, 3, 4, 5, 123456, tzinfo=timezone.utc)


def test_a_number_or_a_string_stays_what_it_was() -> None:
    assert Values.model_validate_json(b'{"port": 80}').port == 80
    assert Values.model_validate_json(b'{"port": "80"}').port == "80"
    for wrong in ("true", "1.5", "[]"):
        with pytest.raises(ValidationError):
            Values.model_validate_json(f'{{"port": {wrong}}}')


def test_amounts_stay_as_they_were_written_and_numbers_become_strings() -> None:
    assert Values.model_validate_json(b'{"amount": "1.50Gi"}').amount == "1.50Gi"
    assert Values.model_validate_json(b'{"amounts": {"cpu": 2, "gpu": 0.5}}').amounts == {"cpu": "2", "gpu": "0.5"}
    with pytest.raises(ValidationError):
        Values.model_validate_json(b'{"amount": true}')


def test_null_reads_as_empty_where_a_list_or_a_map_is_required() -> None:
    read = Values.model_validate_json(b'{"items": null, "table": null}')
    assert (read.items, read.table) == ([], {})


def test_secrets_are_encoded_and_decoded() -> None:
    encoded = encode_secret_data({"user": "jané", "key": b"\x00\xff"})
    assert encoded == {"user": "amFuw6k=", "key": "AP8="}
    assert decode_secret_data(encoded) == {"user": "jané".encode(), "key": b"\x00\xff"}
    assert decode_secret_data(None) == {}


def test_what_is_not_base64_names_the_key_and_not_the_secret() -> None:
    with pytest.raises(ValueError, match="the value of 'password' is not base64") as caught:
        decode_secret_data({"password": "hunter2!"})
    assert "hunter2" not in repr(caught.value)
    assert caught.value.__cause__ is None
