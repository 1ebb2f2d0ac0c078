"""Applies with an apply set that are cancelled at random requests. `ops.apply_set_crashes` also runs many of them."""

import pytest

from kubex.transport import Backend
from kubex_testing import ServerHandle
from ops.apply_set_crashes import run_sequences

pytestmark = pytest.mark.anyio


async def test_cancelled_applies_delete_no_wanted_object_and_can_be_repeated(
    server: ServerHandle, backend: Backend
) -> None:
    assert await run_sequences(server, [1], backend) > 0
