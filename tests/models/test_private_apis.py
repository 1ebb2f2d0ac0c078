"""The checks of Pydantic that run when kubex.models is imported."""

import subprocess
import sys

import pytest
from pydantic import VERSION

from kubex.models._lazy.base import _pydantic_slot  # pyright: ignore[reportPrivateUsage] - the check itself


def test_a_slot_that_pydantic_does_not_have_is_an_import_error() -> None:
    with pytest.raises(ImportError, match=f"BaseModel.__pydantic_state__, which pydantic {VERSION} does not have"):
        _pydantic_slot("__pydantic_state__")


@pytest.mark.parametrize("name", ["__pydantic_root_model__", "__pydantic_post_init__"])
def test_an_attribute_that_pydantic_does_not_have_is_an_import_error(name: str) -> None:
    program = f"""
import pydantic
delattr(pydantic.BaseModel, {name!r})
import kubex.models._lazy.field_decoders
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert name in done.stderr.splitlines()[-1]
