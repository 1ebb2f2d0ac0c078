"""The repr of generated models hides secrets, but requests contain them."""

import importlib
from typing import Any

import pytest
from pydantic import ValidationError

from kubex.models import ObjectMeta, encode_secret_data
from kubex.models._lazy.decode import decode_lazily

VERSIONS = ["v1_35", "v1_36", "v1_37"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("field", ["data", "string_data"])
def test_repr_of_a_secret_hides_its_data(version: str, field: str) -> None:
    module: Any = importlib.import_module(f"kubex_k8s.{version}.core.v1")
    secret = module.Secret(metadata=ObjectMeta(name="s"), **{field: {"password": "bWFya2Vk"}})
    assert "bWFya2Vk" not in repr(secret) + str(secret)
    assert b"bWFya2Vk" in secret.to_json()
    read = decode_lazily(module.Secret, secret.to_json(), "Secret")
    assert "bWFya2Vk" not in repr(read) + str(read)
    assert getattr(read, field) == {"password": "bWFya2Vk"}


@pytest.mark.parametrize("version", VERSIONS)
def test_bytes_as_secret_data_raise_an_error_that_names_encode_secret_data(version: str) -> None:
    module: Any = importlib.import_module(f"kubex_k8s.{version}.core.v1")
    with pytest.raises(ValidationError, match=r"data\.password\n  .+base64; use encode_secret_data\(\)") as raised:
        module.Secret(data={"password": b"marked"})
    assert "marked" not in str(raised.value)
    assert module.ConfigMap(binary_data=encode_secret_data({"file": b"\xff"})).binary_data == {"file": "/w=="}


@pytest.mark.parametrize("version", VERSIONS)
def test_repr_of_a_token_review_hides_the_token(version: str) -> None:
    module: Any = importlib.import_module(f"kubex_k8s.{version}.authentication.v1")
    review = module.TokenReview(spec=module.TokenReviewSpec(token="marked"))
    assert "marked" not in repr(review) + str(review)
    assert b"marked" in review.to_json()
