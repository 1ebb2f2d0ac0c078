"""The accepted differences from kube-apiserver, and the table of them in the documentation.

`python -m testing.comparison.accepted` writes the table to `docs/testing/differences.md`.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

from testing.comparison.differences import Difference

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "testing" / "differences.md"
START = "<!-- differences: start -->\n"
END = "<!-- differences: end -->\n"


@dataclass(frozen=True)
class Accepted:
    """One row of the table. `patterns` are regular expressions for the keys of differences."""

    subject: str
    difference: str
    reason: str
    patterns: tuple[str, ...] = ()

    def matches(self, difference: Difference) -> bool:
        """Return whether this row explains a difference."""
        return any(re.search(pattern, difference.key) for pattern in self.patterns)


def accepted() -> list[Accepted]:
    """Return the rows of accepted.yaml."""
    rows = yaml.safe_load((Path(__file__).parent / "accepted.yaml").read_text(encoding="utf-8"))
    return [Accepted(row["subject"], row["difference"], row["reason"], tuple(row.get("patterns", ()))) for row in rows]


def find_accepted(difference: Difference) -> Accepted | None:
    """Return the row that explains a difference, or None."""
    return next((row for row in accepted() if row.matches(difference)), None)


def table() -> str:
    """Return the table in Markdown."""
    rows = [f"| {row.subject} | {row.difference} | {row.reason} |" for row in accepted()]
    return "\n".join(["| Request or feature | Embedded server | Reason |", "|---|---|---|", *rows]) + "\n"


def updated_page(text: str) -> str:
    """Return the page with the current table between its marks."""
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(updated_page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.exit(0)
