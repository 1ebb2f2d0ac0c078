"""The check of the links in the built documentation."""

from pathlib import Path

import pytest
from check_links import broken_links, main


def write_site(folder: Path, link: str) -> None:
    """Write two pages; the first has a link."""
    (folder / "guide").mkdir()
    (folder / "index.html").write_text(f'<p>\n<a href="{link}">Next</a>', encoding="utf-8")
    (folder / "guide/page.html").write_text('<h1 id="first">Caf\u00e9</h1><h2 id="next">Next</h2>', encoding="utf-8")


@pytest.mark.parametrize(
    "link", ["guide/page.html", "guide/page.html#next", "guide/../index.html", "#", "https://kubex.example/#x"]
)
def test_check_accepts_links_to_existing_targets(tmp_path: Path, link: str) -> None:
    write_site(tmp_path, link)
    assert main(tmp_path) == 0


@pytest.mark.parametrize(
    ("link", "problem"),
    [
        ("guide/page.html#nxt", "the page does not contain the id 'nxt'"),
        ("#next", "the page does not contain the id 'next'"),
        ("guide/", "the file does not exist"),
        ("missing.html#next", "the file does not exist"),
        ("/index.html", "the link is absolute, so it is wrong if the site is not at the root of its host"),
    ],
)
def test_check_names_the_line_of_a_broken_link(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], link: str, problem: str
) -> None:
    write_site(tmp_path, link)
    assert list(broken_links(tmp_path)) == [f"index.html:2: {link}: {problem}"]
    assert main(tmp_path) == 1
    assert problem in capsys.readouterr().err


def test_check_fails_for_a_folder_without_pages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(tmp_path) == 1
    assert "does not contain HTML files" in capsys.readouterr().err
