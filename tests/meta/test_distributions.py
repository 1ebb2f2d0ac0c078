"""The metadata and the changelogs of the distributions."""

import re
from collections import Counter
from importlib.metadata import PackageMetadata, metadata
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = sorted(path.parent for path in ROOT.glob("packages/*/pyproject.toml"))
PYTHONS = [f"Programming Language :: Python :: 3.{minor}" for minor in range(10, 15)]
HEADING = re.compile(r"## (?P<version>\d+\.\d+\.\d+) \((?P<date>unreleased|\d{4}-\d\d-\d\d)\)")
SECTIONS = {
    "Breaking changes",
    "New features",
    "Fixed",
    "Clients",
    "Objects",
    "Configuration and credentials",
    "Errors",
    "Conformance to kube-apiserver",
}

every_package = pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)


def metadata_of(package: Path) -> PackageMetadata:
    return metadata(package.name)


def changelog(package: Path) -> str:
    return (package / "CHANGELOG.md").read_text(encoding="utf-8")


def links_of(package: Path) -> dict[str, str]:
    return dict(url.split(", ", 1) for url in metadata_of(package).get_all("Project-URL") or ())


@every_package
def test_distributions_have_the_same_links(package: Path) -> None:
    expected = links_of(PACKAGES[0])
    source = expected["Source"]
    expected["Issues"] = f"{source}/issues"
    expected["Changelog"] = f"{source}/blob/main/packages/{package.name}/CHANGELOG.md"
    assert links_of(package) == expected
    assert sorted(expected) == ["Changelog", "Documentation", "Homepage", "Issues", "Source"]


@every_package
def test_classifiers_name_the_supported_pythons_and_the_frameworks(package: Path) -> None:
    classifiers = metadata_of(package).get_all("Classifier") or []
    assert [each for each in classifiers if re.search(r"Python :: 3\.\d", each)] == PYTHONS
    is_model_package = package.name.startswith("kubex-k8s") or package.name == "kubex-codegen"
    assert ("Framework :: AsyncIO" in classifiers) == (not is_model_package)
    assert ("Framework :: Trio" in classifiers) == (not is_model_package and package.name != "kubex-aiohttp")
    assert ("Framework :: Pytest" in classifiers) == (package.name == "kubex-testing")
    assert ("Framework :: Pydantic :: 2" in classifiers) == (is_model_package or package.name == "kubex-core")


@every_package
def test_metadata_has_a_version_that_older_tools_accept(package: Path) -> None:
    # hatchling writes 2.5 by default, which packaging 24 and older tools reject. Version 2.4 has license expressions.
    assert metadata_of(package)["Metadata-Version"] == "2.4"


def test_each_distribution_has_a_description_and_keywords_of_its_content() -> None:
    summaries = Counter(metadata_of(package)["Summary"] for package in PACKAGES)
    assert max(summaries.values()) == 1
    assert all(len(summary) <= 100 for summary in summaries)
    keywords = {package.name: set(metadata_of(package)["Keywords"].split(",")) for package in PACKAGES}
    assert all("kubernetes" in each for each in keywords.values())
    assert "trio" not in keywords["kubex-aiohttp"]


@every_package
def test_readme_has_only_absolute_links(package: Path) -> None:
    text = (package / "README.md").read_text(encoding="utf-8")
    assert [link for link in re.findall(r"\]\(([^)]*)\)", text) if not link.startswith("https://")] == []


@every_package
def test_changelog_has_dated_versions_with_unreleased_changes_first(package: Path) -> None:
    assert changelog(package).startswith(f"# Changes of {package.name}\n\n## ")
    headings = [line for line in changelog(package).splitlines() if line.startswith("## ")]
    matches = [HEADING.fullmatch(heading) for heading in headings]
    assert all(matches), headings
    # pip prefers final releases, also of another project, so versions such as 0.3.0rc1 are not allowed.
    versions = [tuple(map(int, match["version"].split("."))) for match in matches if match]
    dates = [match["date"] for match in matches if match]
    assert all(newer > older for newer, older in pairwise(versions))
    assert "unreleased" not in dates[1:]
    assert dates == sorted(dates, reverse=True)  # letters are after digits
    current = tuple(map(int, metadata_of(package)["Version"].split(".")))
    # The next version may have changes already.
    assert current == versions[0] or (current == versions[1] and dates[0] == "unreleased")


@every_package
def test_changelog_contains_each_entry_once(package: Path) -> None:
    text = re.sub(r"\n +", " ", changelog(package))
    for section in re.split(r"^## .*\n", text, flags=re.MULTILINE)[1:]:
        entries = Counter(re.findall(r"^\* (.*)", section, re.MULTILINE))
        assert [entry for entry, count in entries.items() if count > 1] == []
        assert set(re.findall(r"^### (.*)", section, re.MULTILINE)) <= SECTIONS
        # Everything else would not be an entry.
        assert re.sub(r"^(\* .*|### .*|)$\n?", "", section, flags=re.MULTILINE) == ""


@every_package
def test_changelog_names_pages_that_exist(package: Path) -> None:
    # The index shows the changelog without the repository, so links would break. Paths are plain text.
    assert "](" not in changelog(package)
    assert [path for path in re.findall(r"`(docs/[^`]*)`", changelog(package)) if not (ROOT / path).exists()] == []
