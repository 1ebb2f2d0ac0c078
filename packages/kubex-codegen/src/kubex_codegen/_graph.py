"""Dependency graphs."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

N = TypeVar("N", str, int)


def strongly_connected_components(links: Mapping[N, frozenset[N]]) -> list[list[N]]:
    """Return the strongly connected components of a graph, each after the components that it depends on.

    This is Tarjan's algorithm without recursion.
    """
    index: dict[N, int] = {}
    low: dict[N, int] = {}
    stack: list[N] = []
    found: list[list[N]] = []
    for start in sorted(links):
        if start in index:
            continue
        pending = [(start, iter(sorted(links[start])))]
        index[start] = low[start] = len(index)
        stack.append(start)
        while pending:
            node, remaining = pending[-1]
            for other in remaining:
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    pending.append((other, iter(sorted(links[other]))))
                    break
                if other in stack:
                    low[node] = min(low[node], index[other])
            else:
                pending.pop()
                if pending:
                    low[pending[-1][0]] = min(low[pending[-1][0]], low[node])
                if low[node] == index[node]:
                    start_index = stack.index(node)
                    found.append(stack[start_index:])
                    del stack[start_index:]
    return found


def dependency_order(nodes: Iterable[N], uses: Mapping[N, frozenset[N]]) -> list[N]:
    """Return the nodes sorted so that each one comes after its dependencies, except in cycles."""
    selected = frozenset(nodes)
    links = {node: uses[node] & selected for node in selected}
    return [node for component in strongly_connected_components(links) for node in sorted(component)]
