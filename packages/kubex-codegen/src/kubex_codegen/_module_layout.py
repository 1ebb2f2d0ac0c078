"""Which classes share a module: those that the same kinds reach, so that importing one kind builds little else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kubex_codegen._graph import components, ordered
from kubex_codegen._naming import snake
from kubex_codegen._structs import Struct

Package = tuple[str, str]


@dataclass(frozen=True)
class Module:
    """A private module: its package, its name and its classes, each after those it uses."""

    package: Package
    name: str
    structs: tuple[Struct, ...]


def modules(structs: Mapping[str, Struct], roots: Iterable[str], packages: Mapping[str, Package]) -> list[Module]:
    """Distribute classes over modules that never import each other in a circle."""
    uses = {name: struct.uses for name, struct in structs.items()}
    reached = _reached(uses, roots)
    families: dict[tuple[Package, frozenset[str]], set[str]] = {}
    for name in structs:
        families.setdefault((packages[name], reached[name]), set()).add(name)
    grouped = _merged(list(families.values()), uses)
    taken: dict[Package, set[str]] = {}
    made: list[Module] = []
    for family in sorted(grouped, key=min):
        order = ordered(family, uses)
        package = packages[min(family)]
        head = _head(family, uses)
        name = base = f"_{snake(structs[head].name)}"
        number = 2
        while name in taken.setdefault(package, set()):
            name, number = f"{base}_{number}", number + 1
        taken[package].add(name)
        made.append(Module(package, name, tuple(structs[member] for member in order)))
    return made


def _reached(uses: Mapping[str, frozenset[str]], roots: Iterable[str]) -> dict[str, frozenset[str]]:
    reached: dict[str, set[str]] = {name: set() for name in uses}
    for root in roots:
        waiting = [root]
        while waiting:
            name = waiting.pop()
            if root not in reached[name]:
                reached[name].add(root)
                waiting += uses[name]
    return {name: frozenset(kinds) for name, kinds in reached.items()}


def _merged(families: list[set[str]], uses: Mapping[str, frozenset[str]]) -> list[set[str]]:
    """Join families that use each other in a circle."""
    home = {name: number for number, family in enumerate(families) for name in family}
    links = {
        number: frozenset(home[used] for name in family for used in uses[name])
        for number, family in enumerate(families)
    }
    return [set[str]().union(*(families[number] for number in circle)) for circle in components(links)]


def _head(family: set[str], uses: Mapping[str, frozenset[str]]) -> str:
    """Return the class that a family is named after: the one that leads to most of the others."""

    def size(name: str) -> int:
        seen, waiting = set[str](), [name]
        while waiting:
            here = waiting.pop()
            if here in family and here not in seen:
                seen.add(here)
                waiting += uses[here]
        return len(seen)

    return min(family, key=lambda name: (-size(name), name))
