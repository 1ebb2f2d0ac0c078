"""Check that a tag can be published, and print its distribution: `python3 tools/check_release.py TAG REPOSITORY`.

REPOSITORY is the address of the repository, which the metadata must name. The release workflow runs this command.
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from release import HEADING, ROOT, VERSION, ReleaseError, distributions, parse_version, version_file

# Not the address as text, so that a command that replaces the address does not change this line.
PLACEHOLDER = re.compile(r"\bkubex\.example\b")


def check(root: Path, tag: str, repository: str) -> str:
    """Return the name of the distribution that a tag releases, or raise ReleaseError."""
    name, _, text = tag.rpartition("-v")
    if name not in distributions(root):
        raise ReleaseError(f"the tag {tag!r} does not name a distribution: use a tag such as kubex-core-v0.3.1")
    parse_version(text)
    path = version_file(root, name)
    found = VERSION.search(path.read_text(encoding="utf-8"))
    if found is None or found[2] != text:
        raise ReleaseError(
            f"{path.relative_to(root)} has version {found and found[2]}, and the tag {tag} has {text}: "
            "create tags with `python3 dev.py release`"
        )
    changelog = root / "packages" / name / "CHANGELOG.md"
    heading = HEADING.search(changelog.read_text(encoding="utf-8"))
    if heading is None or heading[1] != text or heading[2] == "unreleased":
        raise ReleaseError(f"the first heading of {changelog.relative_to(root)} is not `## {text} (DATE)`")
    project = root / "packages" / name / "pyproject.toml"
    metadata = project.read_text(encoding="utf-8")
    source = re.search(r'^Source = "(.*)"$', metadata, re.MULTILINE)
    if source is None or source[1] != repository:
        raise ReleaseError(
            f"the metadata of {name} names the repository {source and source[1]}, and this is {repository}: "
            "correct [project.urls], see docs/development/releasing.md"
        )
    for path in (project, project.with_name("README.md")):
        if PLACEHOLDER.search(path.read_text(encoding="utf-8")):
            raise ReleaseError(
                f"{path.relative_to(root)} contains an example address: replace it, see docs/development/releasing.md"
            )
    return name


def main(arguments: Sequence[str]) -> int:
    """Run the command."""
    if len(arguments) != 2:
        sys.stderr.write("usage: check_release.py TAG REPOSITORY\n")
        return 2
    try:
        sys.stdout.write(f"{check(ROOT, *arguments)}\n")
    except ReleaseError as error:
        sys.stderr.write(f"check_release.py: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
