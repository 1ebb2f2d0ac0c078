"""Check the links between the HTML files of a folder: `python tools/check_links.py docs/_build/html`.

A link needs an existing file and, after a `#`, an element with this id. Links to other hosts are not followed.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LINKS = ("href", "src", "poster")


@dataclass
class Page(HTMLParser):
    """The links of a file, each with its line, and the ids of its elements."""

    links: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    ids: set[str] = field(default_factory=set[str])

    def __post_init__(self) -> None:
        """Prepare the parser."""
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect the attributes that are links or ids."""
        for name, value in attrs:
            if name == "id" or (tag == "a" and name == "name"):
                self.ids.add(value or "")
            elif name in LINKS and value:
                self.links.append((self.getpos()[0], value))


def read_pages(folder: Path) -> dict[Path, Page]:
    """Parse each HTML file of a folder."""
    pages: dict[Path, Page] = {}
    for path in sorted(folder.resolve().rglob("*.html")):
        pages[path] = Page()
        pages[path].feed(path.read_text(encoding="utf-8"))
    return pages


def broken_links(folder: Path) -> Iterator[str]:
    """Return a message for each broken link."""
    pages = read_pages(folder)
    for path, page in pages.items():
        for line, link in page.links:
            problem = find_problem(path, link, pages)
            if problem:
                yield f"{path.relative_to(folder.resolve())}:{line}: {link}: {problem}"


def find_problem(path: Path, link: str, pages: dict[Path, Page]) -> str | None:
    """Return what is missing, or None for a correct link or one to another host."""
    address = urlsplit(link)
    if address.scheme or address.netloc:
        return None
    if address.path.startswith("/"):
        return "the link is absolute, so it is wrong if the site is not at the root of its host"
    target = (path.parent / unquote(address.path)).resolve() if address.path else path
    if not target.is_file():
        return "the file does not exist"
    anchor = unquote(address.fragment)
    if anchor and target in pages and anchor not in pages[target].ids:
        return f"the page does not contain the id {anchor!r}"
    return None


def main(folder: Path) -> int:
    """Print the broken links; return 1 if there are any, or if the folder does not contain pages."""
    problems = list(broken_links(folder))
    sys.stderr.writelines(f"{problem}\n" for problem in problems)
    if not any(folder.rglob("*.html")):
        sys.stderr.write(f"{folder} does not contain HTML files; build the documentation first\n")
        return 1
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
