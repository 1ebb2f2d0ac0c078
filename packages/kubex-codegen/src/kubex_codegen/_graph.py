"""Orders of what depends on what."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

N = TypeVar("N", str, int)


def components(links: Mapping[N, frozenset[N]]) -> list[list[N]]:
    """Return the circles of a graph, each after those it leads to; what is in no circle is one of its own.

    This is Tarjan's algorithm, without recursion.
    """
    index: dict[N, int] = {}
    low: dict[N, int] = {}
    stack: list[N] = []
    found: list[list[N]] = []
    for start in sorted(links):
        if start in index:
            continue
        work = [(start, iter(sorted(links[start])))]
        index[start] = low[start] = len(index)
        stack.append(start)
        while work:
            node, rest = work[-1]
            for other in rest:
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    work.append((other, iter(sorted(links[other]))))
                    break
                if other in stack:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    cut = stack.index(node)
                    found.append(stack[cut:])
                    del stack[cut:]
    return found


def ordered(nodes: Iterable[N], uses: Mapping[N, frozenset[N]]) -> list[N]:
    """Return nodes, each after those it uses as far as circles allow."""
    wanted = frozenset(nodes)
    links = {node: uses[node] & wanted for node in wanted}
    return [node for circle in components(links) for node in sorted(circle)]
