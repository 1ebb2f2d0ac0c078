"""Timestamps, amounts, maps that come as null, and the data of Secrets."""

import json
from datetime import datetime
from typing import Annotated

import pytest
from pydantic import ValidationError

from kubex.models import Model, Quantity, Timestamp, decode_secret_data, encode_secret_data
from kubex.models.fields import NullAsEmptyDict


class Values(Model):
    stamp: Timestamp | None = None
    amount: Quantity | None = None
    amounts: dict[str, Quantity] | None = None


class Table(Model):
    rows: Annotated[dict[str, int], NullAsEmptyDict]


def sent(values: Values) -> dict[str, object]:
    """Return what a model sends."""
    text: dict[str, object] = json.loads(values.to_json())
    assert text == values.to_dict()
    return text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2026-01-02T03:04:05", "2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04:05.000060", "2026-01-02T03:04:05.000060Z"),
        ("2026-01-02T03:04:05.500000+02:00", "2026-01-02T01:04:05.500000Z"),
    ],
)
def test_a_timestamp_keeps_the_fraction_it_has(value: str, text: str) -> None:
    assert sent(Values(stamp=datetime.fromisoformat(value))) == {"stamp": text}


def test_amounts_stay_as_they_were_written_and_numbers_become_strings() -> None:
    assert Values.model_validate_json(b'{"amount": "1.50Gi"}').amount == "1.50Gi"
    assert Values.model_validate_json(b'{"amounts": {"cpu": 2, "gpu": 0.5}}').amounts == {"cpu": "2", "gpu": "0.5"}
    with pytest.raises(ValidationError):
        Values.model_validate_json(b'{"amount": true}')


def test_null_reads_as_empty_where_a_map_is_required() -> None:
    assert Table.model_validate_json(b'{"rows": null}').rows == {}
    assert Table.model_validate_json(b'{"rows": {"a": 1}}').rows == {"a": 1}
    with pytest.raises(ValidationError):
        Table.model_validate_json(b"{}")


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
