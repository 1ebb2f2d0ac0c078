"""The check of the documentation in Chromium finds defects."""

import importlib
import shutil
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.version_info < (3, 11), reason="the documentation needs Python 3.11")

PAGE = """<!doctype html><html lang="en"><head><title>Page</title><link rel="icon" href="data:,"></head><body>
<article><h1>Page</h1>BODY</article></body></html>"""


def problems(folder: Path, body: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what the check finds on a page with this body."""
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("Chromium is not installed")
    check_site = importlib.import_module("check_site")  # not installed on Python 3.10
    (folder / "page.html").write_text(PAGE.replace("BODY", body), encoding="utf-8")
    monkeypatch.setattr(check_site, "SELECTED", ("page.html",))
    with check_site.serve(folder) as address, check_site.browser(executable) as context:
        site = check_site.SiteCheck(context, address, folder)
        site.check("page.html")
        return list(site.problems)


def test_check_finds_each_defect_of_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = (
        '<img src="missing.png"><div style="width: 900px">wide</div><p style="color: #ddd; background: #fff">pale</p>'
        '<script>console.error("broken"); fetch("http://127.0.0.1:9/other").catch(() => {})</script>'
    )
    found = "\n".join(problems(tmp_path, body, monkeypatch))
    for problem in (
        "image-alt",
        "color-contrast",
        "wider than the window: <div> wide",
        "console: broken",
        "another host",
    ):
        assert problem in found


def test_check_accepts_a_correct_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert problems(tmp_path, "<p>Text</p>", monkeypatch) == []


def test_check_names_the_package_if_chromium_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    check_site = importlib.import_module("check_site")
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert check_site.main(tmp_path, tmp_path) == 1
    assert "apt-get install --no-install-recommends chromium" in capsys.readouterr().err
