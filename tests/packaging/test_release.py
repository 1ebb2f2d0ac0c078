"""`dev.py release`, in a repository with two distributions."""

import re
import subprocess
from datetime import date
from fnmatch import fnmatch
from pathlib import Path

import check_release
import pytest
import release
import yaml
from release import ReleaseError, bounds, parse_version

CHANGELOG = "# Changes\n\n## 0.3.1 (unreleased)\n\n* Fix a fault.\n\n## 0.3.0 (2026-11-30)\n\n* The first version.\n"
REPOSITORY = "https://git.example.com/kubex"


def git(repository: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True).stdout


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a clean repository with kubex-core and kubex-httpx, in which `uv lock` writes a file."""
    root = tmp_path / "repository"
    write(
        root / "packages/kubex-core/pyproject.toml",
        f'[project]\nname = "kubex-core"\ndynamic = ["version"]\n\n[project.urls]\nSource = "{REPOSITORY}"\n',
    )
    write(root / "packages/kubex-core/src/kubex/_version.py", '"""The version."""\n\n__version__ = "0.3.0"\n')
    write(root / "packages/kubex-core/CHANGELOG.md", CHANGELOG)
    write(root / "packages/kubex-core/README.md", "# kubex-core\n")
    write(
        root / "packages/kubex-httpx/pyproject.toml",
        '[project]\nversion = "0.3.0"\ndependencies = ["httpcore>=1.0,<2", "kubex-core>=0.3,<0.4"]\n',
    )
    write(root / "packages/kubex-httpx/CHANGELOG.md", "# Changes\n\n## 0.3.0 (2026-11-30)\n\n* The first version.\n")
    write(root / "docs/publishing.md", 'dependencies = ["kubex-core[extra]>=0.3,<0.4", "not-kubex-core>=0.3,<0.4"]\n')
    write(root / "tests/test_bounds.py", 'BOUNDS = "kubex-core>=0.3,<0.4"\n')
    write(root / "uv.lock", "old\n")
    git(root.parent, "init", "-q", "-b", "main", str(root))
    git(root, "add", "--all")
    git(root, "commit", "-q", "-m", "Start")
    for name, value in {"NAME": "Test", "EMAIL": "test@example.com"}.items():
        monkeypatch.setenv(f"GIT_AUTHOR_{name}", value)
        monkeypatch.setenv(f"GIT_COMMITTER_{name}", value)
    uv = tmp_path / "bin" / "uv"
    write(uv, "#!/bin/sh\necho $* > uv.lock\n")
    uv.chmod(0o755)
    monkeypatch.setenv("PATH", str(uv.parent), prepend=":")
    return root


def test_patch_release_changes_version_changelog_and_lock_file(repository: Path) -> None:
    report = release.release(repository, "kubex-core", "0.3.1", dry_run=False)
    assert "git push --atomic origin main kubex-core-v0.3.1" in report
    assert git(repository, "status", "--porcelain") == ""
    assert git(repository, "describe").strip() == "kubex-core-v0.3.1"
    assert git(repository, "log", "-1", "--format=%s").strip() == "Release kubex-core 0.3.1"
    changed = git(repository, "show", "--format=", "--name-only").split()
    assert changed == ["packages/kubex-core/CHANGELOG.md", "packages/kubex-core/src/kubex/_version.py", "uv.lock"]
    package = repository / "packages/kubex-core"
    assert '__version__ = "0.3.1"' in (package / "src/kubex/_version.py").read_text()
    assert f"\n## 0.3.1 ({date.today()})\n\n* Fix a fault." in (package / "CHANGELOG.md").read_text()  # noqa: DTZ011 - the date of the maintainer
    assert (repository / "uv.lock").read_text() == "lock\n"


def test_minor_release_changes_the_bounds_of_dependents(repository: Path) -> None:
    report = release.release(repository, "kubex-core", "0.4.0", dry_run=False)
    assert "Release them too: kubex-httpx\n" in report
    httpx = repository / "packages/kubex-httpx"
    assert '["httpcore>=1.0,<2", "kubex-core>=0.4,<0.5"]' in (httpx / "pyproject.toml").read_text()
    assert "## 0.4.0 (unreleased)\n\n* Require kubex-core 0.4.\n\n## 0.3.0" in (httpx / "CHANGELOG.md").read_text()
    assert (repository / "docs/publishing.md").read_text() == (
        'dependencies = ["kubex-core[extra]>=0.4,<0.5", "not-kubex-core>=0.3,<0.4"]\n'
    )
    assert (repository / "tests/test_bounds.py").read_text() == 'BOUNDS = "kubex-core>=0.3,<0.4"\n'
    report = release.release(repository, "kubex-httpx", "0.4.0", dry_run=False)
    assert 'version = "0.4.0"' in (httpx / "pyproject.toml").read_text()
    assert "Release them too" not in report


def test_dry_run_prints_the_changes_and_does_not_write(repository: Path) -> None:
    report = release.release(repository, "kubex-core", "0.4.0", dry_run=True)
    assert '-__version__ = "0.3.0"\n+__version__ = "0.4.0"\n' in report
    assert "+* Require kubex-core 0.4.\n" in report
    assert git(repository, "status", "--porcelain") == git(repository, "tag") == ""


@pytest.mark.parametrize(
    ("name", "version", "error"),
    [
        ("kubex-cor", "0.3.1", "'kubex-cor' is not a distribution: use one of kubex-core, kubex-httpx$"),
        ("kubex-core", "0.3", "'0.3' is not a version: write X.Y.Z"),
        ("kubex-core", "v0.3.1", "'v0.3.1' is not a version: write X.Y.Z"),
        ("kubex-core", "0.3.01", "is not a version"),
        ("kubex-core", "0.3.0", r"0\.3\.0 is not newer than 0\.3\.0, the last version of kubex-core: pass a newer one"),
        (
            "kubex-core",
            "0.2.9",
            r"0\.2\.9 is lower than 0\.3\.0, the version in \S+_version\.py: pass 0\.3\.0 or a newer one",
        ),
        ("kubex-core", "0.4.0rc1", r"'0\.4\.0rc1' is not a version: write X\.Y\.Z"),
        (
            "kubex-httpx",
            "0.3.1",
            r"does not begin with unreleased changes: add the heading `## 0\.3\.1 \(unreleased\)`",
        ),
    ],
)
def test_wrong_arguments_raise(repository: Path, name: str, version: str, error: str) -> None:
    with pytest.raises(ReleaseError, match=error):
        release.release(repository, name, version, dry_run=False)
    assert git(repository, "status", "--porcelain") == git(repository, "tag") == ""


def test_changelog_without_changes_raises(repository: Path) -> None:
    write(
        repository / "packages/kubex-core/CHANGELOG.md", "# Changes\n\n## 0.3.1 (unreleased)\n\n## 0.3.0 (2026-11-30)\n"
    )
    with pytest.raises(ReleaseError, match="does not list a change below its first heading"):
        release.release(repository, "kubex-core", "0.3.1", dry_run=False)


def test_changed_working_tree_raises(repository: Path) -> None:
    write(repository / "docs/publishing.md", "changed\n")
    with pytest.raises(ReleaseError, match=r"commit or remove them first\n.*docs/publishing.md"):
        release.release(repository, "kubex-core", "0.3.1", dry_run=False)


def test_other_branch_raises(repository: Path) -> None:
    git(repository, "switch", "-q", "-c", "topic")
    with pytest.raises(
        ReleaseError, match="the branch is 'topic': releases are made from 'main'; run `git switch main`"
    ):
        release.release(repository, "kubex-core", "0.3.1", dry_run=False)


def test_existing_tag_raises(repository: Path) -> None:
    git(repository, "tag", "kubex-core-v0.3.1")
    with pytest.raises(ReleaseError, match=r"the tag kubex-core-v0\.3\.1 exists: use a newer version"):
        release.release(repository, "kubex-core", "0.3.1", dry_run=False)


def test_failed_lock_commits_nothing(repository: Path) -> None:
    write(repository.parent / "bin/uv", "#!/bin/sh\necho no route to the index >&2\nexit 1\n")
    with pytest.raises(
        ReleaseError, match="uv lock failed: no route to the index\nnothing was committed: undo"
    ) as raised:
        release.release(repository, "kubex-core", "0.3.1", dry_run=False)
    assert git(repository, "tag") == ""
    subprocess.run(str(raised.value).split("`")[1].split(), cwd=repository, check=True)
    assert git(repository, "status", "--porcelain") == ""


def test_failure_of_a_command_is_reported(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert release.main(["kubex-core", "not-a-version"]) == 1
    assert "dev.py release: 'not-a-version' is not a version" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("version", "expected"), [("0.3.7", ">=0.3,<0.4"), ("0.10.0", ">=0.10,<0.11"), ("1.2.3", ">=1.2,<2")]
)
def test_bounds_allow_compatible_versions(version: str, expected: str) -> None:
    assert bounds(parse_version(version)) == expected


def test_every_bound_of_this_repository_is_found() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in release.ROOT.glob("packages/*/pyproject.toml")}
    changed = release.change_bounds(texts, "kubex-core", (99, 0, 0))
    assert {path.parent.name for path in changed} == set(release.distributions(release.ROOT)) - {"kubex-core"}


def test_tag_of_the_command_can_be_published(repository: Path) -> None:
    release.release(repository, "kubex-core", "0.3.1", dry_run=False)
    assert check_release.check(repository, "kubex-core-v0.3.1", REPOSITORY) == "kubex-core"


@pytest.mark.parametrize(
    ("tag", "address", "error"),
    [
        ("kubex-cor-v0.3.1", REPOSITORY, "does not name a distribution"),
        ("v0.3.1", REPOSITORY, "does not name a distribution"),
        ("kubex-core-v0.3", REPOSITORY, "is not a version"),
        (
            "kubex-core-v0.3.2",
            REPOSITORY,
            r"_version\.py has version 0\.3\.1, and the tag \S+ has 0\.3\.2",
        ),
        ("kubex-core-v0.3.1", "https://git.example.com/fork", r"names the repository https://git\.example\.com/kubex"),
    ],
)
def test_other_tag_cannot_be_published(repository: Path, tag: str, address: str, error: str) -> None:
    release.release(repository, "kubex-core", "0.3.1", dry_run=False)
    with pytest.raises(ReleaseError, match=error):
        check_release.check(repository, tag, address)


def test_unreleased_changes_cannot_be_published(repository: Path) -> None:
    write(repository / "packages/kubex-core/src/kubex/_version.py", '__version__ = "0.3.1"\n')
    with pytest.raises(
        ReleaseError, match=r"the first heading of packages/kubex-core/CHANGELOG\.md is not `## 0\.3\.1"
    ):
        check_release.check(repository, "kubex-core-v0.3.1", REPOSITORY)


@pytest.mark.parametrize("file", ["pyproject.toml", "README.md"])
def test_placeholder_address_cannot_be_published(repository: Path, file: str) -> None:
    path = repository / "packages/kubex-core" / file
    write(path, f"{path.read_text()}# https://{'.'.join(('kubex', 'example'))}/docs\n")
    git(repository, "commit", "-q", "-a", "-m", "Add an address")
    release.release(repository, "kubex-core", "0.3.1", dry_run=False)
    with pytest.raises(ReleaseError, match=rf"packages/kubex-core/{file} contains an example address: replace it"):
        check_release.check(repository, "kubex-core-v0.3.1", REPOSITORY)


def test_ci_workflow_runs_the_checks_without_permission_to_write() -> None:
    workflow = yaml.safe_load((release.ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    (job,) = workflow["jobs"].values()
    assert workflow["permissions"] == {}
    assert job["permissions"] == {"contents": "read"}
    assert "timeout-minutes" in job
    assert job["steps"][-1] == {"run": ".ci/run"}
    versions = next(step["with"]["python-version"] for step in job["steps"] if "setup-python" in step.get("uses", ""))
    checks = (release.ROOT / ".ci/run").read_text(encoding="utf-8")
    tested = re.findall(r"3\.\d+", next(line for line in checks.splitlines() if line.startswith("OLDEST=")))
    assert sorted(versions.split()) == sorted(tested)


def test_workflow_publishes_with_minimal_permissions_and_commands_that_exist() -> None:
    text = (release.ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {}
    jobs = workflow["jobs"]
    assert jobs["build"]["permissions"] == {"contents": "read"}
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert jobs["publish"]["environment"] == "release"
    assert all("timeout-minutes" in job for job in jobs.values())
    programs = re.findall(r"python3 (\S+\.py)", text)
    assert programs
    assert all((release.ROOT / program).is_file() for program in programs)
    # An expression inside a script could contain a command.
    assert not [step for job in jobs.values() for step in job["steps"] if "${{" in step.get("run", "")]
    for tag in (f"{name}-v1.2.3" for name in release.distributions(release.ROOT)):
        assert fnmatch(tag, *workflow[True]["push"]["tags"])  # YAML reads the key `on` as a boolean
