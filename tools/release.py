"""Prepare the release of one distribution: `python3 dev.py release NAME VERSION [--dry-run]`.

The command changes the version, the heading of the changelog and the bounds of the dependents, updates uv.lock, commits
and creates the tag NAME-vVERSION. It does not push. docs/development/releasing.md describes the steps after it.
"""

import argparse
import difflib
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEADING = re.compile(r"^## (\d+\.\d+\.\d+) \((.*)\)$", re.MULTILINE)
VERSION = re.compile(r'^(version|__version__) = "(.*)"$', re.MULTILINE)
MAIN = "main"
BOUNDS_IN = ("docs", "examples", "packages")  # the tests use bounds as examples

Version = tuple[int, int, int]


class ReleaseError(Exception):
    """The release is not possible; the message contains the reason and the remedy."""


@dataclass(frozen=True)
class Plan:
    """The new texts of files, and the distributions that must be released too because their bounds changed."""

    texts: Mapping[Path, str]
    dependents: Sequence[str]


def parse_version(text: str) -> Version:
    """Parse X.Y.Z."""
    if not re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}", text):
        raise ReleaseError(f"{text!r} is not a version: write X.Y.Z, such as 0.3.1")
    major, minor, patch = map(int, text.split("."))
    return major, minor, patch


def format_version(version: Version) -> str:
    """Return X.Y.Z."""
    return ".".join(map(str, version))


def bounds(version: Version) -> str:
    """Return the range of compatible versions: before 1.0 a minor version can contain breaking changes."""
    major, minor, _ = version
    return f">={major}.{minor},<0.{minor + 1}" if major == 0 else f">={major}.{minor},<{major + 1}"


def distributions(root: Path) -> list[str]:
    """Return the names of the distributions."""
    return sorted(path.parent.name for path in root.glob("packages/*/pyproject.toml"))


def version_file(root: Path, name: str) -> Path:
    """Return the file with the version of a distribution."""
    package = root / "packages" / name
    return package / "src" / "kubex" / "_version.py" if name == "kubex-core" else package / "pyproject.toml"


def check_version(path: Path, text: str, version: Version) -> None:
    """Raise ReleaseError if a version is lower than the one in the version file of a distribution."""
    found = VERSION.search(text)
    if found and version < parse_version(found[2]):
        raise ReleaseError(
            f"{format_version(version)} is lower than {found[2]}, the version in {path}: pass {found[2]} or a newer one"
        )


def dated_changelog(text: str, name: str, version: Version, today: date) -> str:
    """Return the changelog with `version` and a date in the heading of the unreleased changes."""
    headings = list(HEADING.finditer(text))
    if not headings or headings[0][2] != "unreleased":
        raise ReleaseError(
            f"the changelog of {name} does not begin with unreleased changes: add the heading "
            f"`## {format_version(version)} (unreleased)` and the changes to packages/{name}/CHANGELOG.md"
        )
    end = headings[1].start() if len(headings) > 1 else len(text)
    if not re.search(r"^\* ", text[headings[0].end() : end], re.MULTILINE):
        raise ReleaseError(f"packages/{name}/CHANGELOG.md does not list a change below its first heading: add one")
    if len(headings) > 1 and parse_version(headings[1][1]) >= version:
        raise ReleaseError(
            f"{format_version(version)} is not newer than {headings[1][1]}, the last version of {name}: "
            "pass a newer one"
        )
    return text[: headings[0].start()] + f"## {format_version(version)} ({today})" + text[headings[0].end() :]


def changelog_with_new_bound(text: str, name: str, requirement: str) -> str:
    """Return the changelog of a dependent with an entry for its new requirement."""
    heading = HEADING.search(text)
    if heading is None:
        raise ReleaseError(f"packages/{name}/CHANGELOG.md does not have a heading such as `## 0.3.0 (unreleased)`")
    entry = f"* Require {requirement}.\n"
    if heading[2] == "unreleased":
        entries = re.compile(r"^\* ", re.MULTILINE).search(text, heading.end())
        at = entries.start() if entries else len(text)
        return text[:at] + entry + text[at:]
    major, minor, _ = parse_version(heading[1])
    new = f"## {major}.{minor + 1}.0 (unreleased)\n\n{entry}\n"
    return text[: heading.start()] + new + text[heading.start() :]


def change_bounds(texts: Mapping[Path, str], name: str, version: Version) -> dict[Path, str]:
    """Return the texts in which the range of compatible versions of a distribution changes."""
    requirement = re.compile(rf"(?<![\w-])({re.escape(name)}(?:\[[\w,-]+\])?)>=\d+\.\d+,<\d+(?:\.\d+)?(?![\d.])")
    changed = {path: requirement.sub(rf"\g<1>{bounds(version)}", text) for path, text in texts.items()}
    return {path: text for path, text in changed.items() if text != texts[path]}


def make_plan(root: Path, files: Sequence[Path], name: str, version: Version, today: date) -> Plan:
    """Return the changes for a release. `files` are the files of the repository, in which bounds may change."""
    if name not in distributions(root):
        raise ReleaseError(f"{name!r} is not a distribution: use one of {', '.join(distributions(root))}")
    texts = {
        path: path.read_text(encoding="utf-8")
        for path in files
        if path.relative_to(root).parts[0] in BOUNDS_IN
        and path.suffix in (".toml", ".md", ".py")
        and path.name != "CHANGELOG.md"
    }
    path = version_file(root, name)
    check_version(path.relative_to(root), texts[path], version)
    texts[path] = VERSION.sub(rf'\1 = "{format_version(version)}"', texts[path], count=1)
    bounded = change_bounds(texts, name, version)
    texts.update(bounded)
    dependents = sorted(path.parent.name for path in bounded if path.parent.parent == root / "packages")
    path = root / "packages" / name / "CHANGELOG.md"
    texts[path] = dated_changelog(path.read_text(encoding="utf-8"), name, version, today)
    major, minor, _ = version
    for each in dependents:
        path = root / "packages" / each / "CHANGELOG.md"
        text = path.read_text(encoding="utf-8")
        texts[path] = changelog_with_new_bound(text, each, f"{name} {major}.{minor}")
    changed = {path: text for path, text in texts.items() if text != path.read_text(encoding="utf-8")}
    return Plan(changed, dependents)


def differences(root: Path, plan: Plan) -> str:
    """Return the changes as a unified diff."""
    lines: list[str] = []
    for path, text in sorted(plan.texts.items()):
        label = path.relative_to(root).as_posix()
        old = path.read_text(encoding="utf-8").splitlines(keepends=True)
        lines += difflib.unified_diff(old, text.splitlines(keepends=True), f"a/{label}", f"b/{label}", n=1)
    return "".join(lines)


def run(root: Path, *command: str) -> str:
    """Run a command in the repository; return its output."""
    completed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603 - git and uv
    if completed.returncode != 0:
        raise ReleaseError(f"{' '.join(command)} failed: {completed.stderr.strip()}")
    return completed.stdout


def check_repository(root: Path, tag: str) -> None:
    """Raise ReleaseError unless the release can be committed and tagged."""
    if changed := run(root, "git", "status", "--porcelain").strip():
        raise ReleaseError(f"the working tree contains changes: commit or remove them first\n{changed}")
    branch = run(root, "git", "branch", "--show-current").strip()
    if branch != MAIN:
        raise ReleaseError(f"the branch is {branch!r}: releases are made from {MAIN!r}; run `git switch {MAIN}`")
    if run(root, "git", "tag", "--list", tag).strip():
        raise ReleaseError(
            f"the tag {tag} exists: use a newer version, or `git tag --delete {tag}` if it was not pushed"
        )


def release(root: Path, name: str, text: str, *, dry_run: bool) -> str:
    """Prepare a release, and return a report."""
    version = parse_version(text)
    tag = f"{name}-v{text}"
    files = [root / path for path in run(root, "git", "ls-files").splitlines()]
    plan = make_plan(root, files, name, version, date.today())  # noqa: DTZ011 - the date of the maintainer
    report = differences(root, plan)
    if not dry_run:
        check_repository(root, tag)
        for path, new in plan.texts.items():
            path.write_text(new, encoding="utf-8")
        try:
            run(root, "uv", "lock")
            run(root, "git", "commit", "--all", "--message", f"Release {name} {text}")
        except ReleaseError as error:
            raise ReleaseError(
                f"{error}\nnothing was committed: undo the changes with `git restore --staged --worktree .`"
            ) from None
        run(root, "git", "tag", "--annotate", tag, "--message", f"{name} {text}")
        report += f"\ncreated the tag {tag}. Publish it with:\n\n    git push --atomic origin {MAIN} {tag}\n"
    if plan.dependents:
        report += f"\nThe bounds of these distributions changed. Release them too: {', '.join(plan.dependents)}\n"
    return report


def main(arguments: Sequence[str]) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="dev.py release", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", metavar="NAME", help="the distribution, such as kubex-core")
    parser.add_argument("version", metavar="VERSION", help="the new version, such as 0.3.1")
    parser.add_argument("--dry-run", action="store_true", help="only print the changes")
    options = parser.parse_args(arguments)
    try:
        sys.stdout.write(release(ROOT, options.name, options.version, dry_run=options.dry_run))
    except ReleaseError as error:
        sys.stderr.write(f"dev.py release: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
