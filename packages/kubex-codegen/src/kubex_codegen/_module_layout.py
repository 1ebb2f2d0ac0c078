"""Distribute classes over modules, so that importing one kind builds few other classes.

Classes that are reachable from the same kinds share a module.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kubex_codegen._graph import dependency_order, strongly_connected_components
from kubex_codegen._naming import snake_case
from kubex_codegen._structs import Struct

Package = tuple[str, str]


@dataclass(frozen=True)
class Module:
    """A private module: its package, its name and its classes, sorted by their dependencies."""

    package: Package
    name: str
    structs: tuple[Struct, ...]


def layout_modules(
    structs: Mapping[str, Struct], roots: Iterable[str], packages: Mapping[str, Package]
) -> list[Module]:
    """Distribute classes over modules without import cycles."""
    uses = {name: struct.uses for name, struct in structs.items()}
    reachable_from = _reachable_from(uses, roots)
    groups: dict[tuple[Package, frozenset[str]], set[str]] = {}
    for name in structs:
        groups.setdefault((packages[name], reachable_from[name]), set()).add(name)
    grouped = _join_cycles(list(groups.values()), uses)
    used_names: dict[Package, set[str]] = {}
    modules: list[Module] = []
    for group in sorted(grouped, key=min):
        order = dependency_order(group, uses)
        package = packages[min(group)]
        main_class = _main_class(group, uses)
        # The main classes of two groups may have the same name in snake_case, so add a number.
        name = base = f"_{snake_case(structs[main_class].name)}"
        number = 2
        while name in used_names.setdefault(package, set()):
            name, number = f"{base}_{number}", number + 1
        used_names[package].add(name)
        modules.append(Module(package, name, tuple(structs[member] for member in order)))
    return modules


def _reachable_from(uses: Mapping[str, frozenset[str]], roots: Iterable[str]) -> dict[str, frozenset[str]]:
    reachable_from: dict[str, set[str]] = {name: set() for name in uses}
    for root in roots:
        pending = [root]
        while pending:
            name = pending.pop()
            if root not in reachable_from[name]:
                reachable_from[name].add(root)
                pending += uses[name]
    return {name: frozenset(kinds) for name, kinds in reachable_from.items()}


def _join_cycles(groups: list[set[str]], uses: Mapping[str, frozenset[str]]) -> list[set[str]]:
    """Join groups with cyclic dependencies."""
    group_numbers = {name: number for number, group in enumerate(groups) for name in group}
    links = {
        number: frozenset(group_numbers[used] for name in group for used in uses[name])
        for number, group in enumerate(groups)
    }
    return [set[str]().union(*(groups[number] for number in cycle)) for cycle in strongly_connected_components(links)]


def _main_class(group: set[str], uses: Mapping[str, frozenset[str]]) -> str:
    """Return the class that gives a group its name: the one from which most of the others are reachable."""

    def size(name: str) -> int:
        seen, pending = set[str](), [name]
        while pending:
            current = pending.pop()
            if current in group and current not in seen:
                seen.add(current)
                pending += uses[current]
        return len(seen)

    return min(group, key=lambda name: (-size(name), name))
