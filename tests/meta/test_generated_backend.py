"""The modules of kubex-httpx2 are generated from those of kubex-httpx."""

import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "packages" / "kubex-httpx2"


def test_generated_modules_of_kubex_httpx2_are_up_to_date() -> None:
    expected = runpy.run_path(str(PACKAGE / "tools" / "generate.py"))["generate"]()
    committed = {path.name: path.read_text(encoding="utf-8") for path in PACKAGE.glob("src/kubex_httpx2/*.py")}
    assert committed == expected, "run packages/kubex-httpx2/tools/generate.py"
