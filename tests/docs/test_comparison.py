"""The table in README.md and the page that verifies its cells are equal."""

import json
import re
from statistics import median
from typing import Any

import pytest

from docs.blocks import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "development" / "comparison.md").read_text(encoding="utf-8")
TABLE = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in README.partition("\n## Comparison with other clients\n")[2].partition("\n## ")[0].splitlines()
    if line.startswith("| ")
]
CLIENTS = TABLE[0][1:]
ROWS = {row[0]: row[1:] for row in TABLE[1:]}


def rows_below(start: str) -> list[list[str]]:
    """Return the cells of the table below a heading of the page, without the header of the table."""
    section = re.split(r"\n#{2,3} ", PAGE.partition(f"{start}\n")[2], maxsplit=1)[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    return rows[2:]


def test_page_names_the_versions_of_the_table() -> None:
    assert [" ".join(row[:2]) for row in rows_below("# Comparison with other clients")] == CLIENTS


@pytest.mark.parametrize("name", ROWS)
def test_each_cell_is_verified(name: str) -> None:
    verified = rows_below(f"\n### {name}")
    assert [row[0] for row in verified] == [client.split(" ")[0] for client in CLIENTS]
    assert [row[1] for row in verified] == ROWS[name]
    assert all(row[2] for row in verified)


def test_page_has_no_other_rows() -> None:
    assert re.findall(r"^### (.+)$", PAGE, re.MULTILINE) == list(ROWS)


@pytest.mark.parametrize("name", [name for name in ROWS if "CPU" not in name and name != "Python"])
def test_cells_are_yes_no_or_partly(name: str) -> None:
    assert set(ROWS[name]) <= {"yes", "no", "partly"}


def test_ratios_are_those_of_the_benchmark() -> None:
    samples: list[dict[str, Any]] = json.loads(
        (ROOT / "docs" / "benchmarks" / "other-clients.json").read_text(encoding="utf-8")
    )["samples"]

    def seconds(client: str) -> float:
        times: list[float] = [
            each["cpu"] / each["units"] for each in samples if (each["case"], each["subject"]) == ("get", client)
        ]
        return median(times)

    subjects = [client.split(" ")[0].lower() for client in CLIENTS]
    measured = {sample["subject"] for sample in samples}
    ratios = [f"{seconds(name) / seconds('kubex'):.1f}" if name in measured else "-" for name in subjects]
    assert ratios == ROWS["GET of a Pod, CPU time"]
