"""The checks for private names of Pydantic, which run when `kubex.models` is imported."""

import subprocess
import sys

import pytest
from pydantic import VERSION

from kubex.models._lazy.base import _pydantic_slot  # pyright: ignore[reportPrivateUsage] - the function under test


def test_missing_pydantic_slot_raises_import_error() -> None:
    with pytest.raises(ImportError, match=f"BaseModel.__pydantic_state__, which pydantic {VERSION} does not have"):
        _pydantic_slot("__pydantic_state__")


@pytest.mark.parametrize("name", ["__pydantic_root_model__", "__pydantic_post_init__"])
def test_missing_pydantic_attribute_raises_import_error(name: str) -> None:
    program = f"""
import pydantic
delattr(pydantic.BaseModel, {name!r})
import kubex.models._lazy.field_decoders
"""
    completed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert completed.returncode == 1
    assert name in completed.stderr.splitlines()[-1]
