"""`encode_secret_data()` and `decode_secret_data()`."""

import pytest

from kubex.models import decode_secret_data, encode_secret_data


def test_secret_data_is_encoded_and_decoded() -> None:
    encoded = encode_secret_data({"user": "jané", "key": b"\x00\xff"})
    assert encoded == {"user": "amFuw6k=", "key": "AP8="}
    assert decode_secret_data(encoded) == {"user": "jané".encode(), "key": b"\x00\xff"}
    assert decode_secret_data(None) == {}


def test_invalid_base64_raises_with_the_key_but_not_the_value() -> None:
    with pytest.raises(ValueError, match="the value of 'password' is not base64") as caught:
        decode_secret_data({"password": "hunter2!"})
    assert "hunter2" not in repr(caught.value)
    assert caught.value.__cause__ is None
