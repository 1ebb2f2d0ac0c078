"""The kubeconfigs of the documentation can be loaded."""

import re
from pathlib import Path

import pytest

from docs.blocks import PAGES, Block, blocks, page_name
from kubex.configuration import configure_from_kubeconfig

KUBECONFIGS = [
    block for path in PAGES for block in blocks(path, "yaml") if re.search(r"^kind: Config$", block.text, re.MULTILINE)
]


@pytest.mark.anyio
@pytest.mark.parametrize("block", KUBECONFIGS, ids=lambda block: f"{page_name(block.path)}:{block.line}")
async def test_kubeconfig_of_a_page_is_valid(block: Block, tmp_path: Path) -> None:
    tmp_path.joinpath("token").write_text("my-token", encoding="utf-8")
    tmp_path.joinpath("ca.pem").write_text("", encoding="utf-8")
    path = tmp_path / "config"
    path.write_text(block.text, encoding="utf-8")
    configuration = await configure_from_kubeconfig(path)
    assert configuration.url.startswith("https://")
