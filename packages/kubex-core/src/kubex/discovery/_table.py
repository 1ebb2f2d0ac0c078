"""The kinds of a server, in the order in which kubectl prefers them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from kubex.discovery._kind_info import KindInfo, join_api_version


@dataclass(frozen=True, slots=True)
class GroupVersion:
    """A version of an API group. `problem` is empty, or the reason why the server could not read its kinds.

    `kinds` can contain what the server read earlier if there is a problem.
    """

    group: str
    version: str
    kinds: tuple[KindInfo, ...]
    problem: str = ""

    @property
    def api_version(self) -> str:
        return join_api_version(self.group, self.version)


class Table:
    """The versions of all groups: the core group first, then groups and versions in the order of the server."""

    def __init__(self, versions: Iterable[GroupVersion]) -> None:
        self.versions = {each.api_version: each for each in versions}

    def kinds(self) -> Iterator[KindInfo]:
        """Yield all kinds, also those of groups with a problem."""
        for version in self.versions.values():
            yield from version.kinds

    def preferred(self) -> list[KindInfo]:
        """Return each kind once, in the version that the server prefers among those that have it."""
        found: dict[tuple[str, str], KindInfo] = {}
        for info in self.kinds():
            found.setdefault((info.group, info.plural), info)
        return list(found.values())

    def find(self, api_version: str, kind: str) -> KindInfo | None:
        """Return a kind by its exact names."""
        version = self.versions.get(api_version)
        return next((info for info in version.kinds if info.kind == kind), None) if version is not None else None

    def problem(self, info: KindInfo) -> str:
        """Return the problem of the version of a kind, or an empty string."""
        return self.versions[info.api_version].problem

    def find_by_name(self, name: str) -> list[KindInfo]:
        """Return the kinds that a name of kubectl can mean, in any version. The preferred one is the first."""
        for word, version, in_group in _interpretations(name):
            for select_group in in_group:
                candidates = [
                    info for info in self.kinds() if select_group(info.group) and version in (None, info.version)
                ]
                if found := _select(candidates, word):
                    return found
        return []

    def problems_for_name(self, name: str) -> list[GroupVersion]:
        """Return the versions with a problem in the group of a name such as `pods.metrics.k8s.io`."""
        broken = [each for each in self.versions.values() if each.problem]
        for _, version, in_group in _interpretations(name):
            for select_group in in_group:
                found = [each for each in broken if select_group(each.group) and version in (None, each.version)]
                if found and "." in name:
                    return found
        return []


SelectGroup = Callable[[str], bool]


def _interpretations(name: str) -> Iterator[tuple[str, str | None, tuple[SelectGroup, ...]]]:
    """Yield the meanings of a name as word, version and conditions for the group, in the order of kubectl.

    The forms are RESOURCE, RESOURCE.GROUP and RESOURCE.VERSION.GROUP. A group can be shortened at its end.
    """
    word, _, rest = name.lower().partition(".")
    version, has_group, group = rest.partition(".")
    if has_group:
        yield word, version, _groups(group)
    yield word, None, _groups(rest)


def _groups(group: str) -> tuple[SelectGroup, ...]:
    if not group:
        return (lambda _: True,)
    return (lambda each: each == group), (lambda each: each.startswith(group))


def _select(candidates: list[KindInfo], word: str) -> list[KindInfo]:
    """Return the kinds with a name. As in kubectl, a short name counts unless it is also the plural of a kind."""
    named = [info for info in candidates if word in (info.plural, info.singular, info.kind.lower())]
    if any(info.plural == word for info in named):
        return named
    return [info for info in candidates if word in info.short_names] or named
