"""Run sequences on both servers, and compare the responses."""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from testing.comparison.differences import Comparer, Difference
from testing.comparison.http_session import Exchange, Server, read_to_end
from testing.comparison.sequences import make_sequence
from testing.comparison.steps import Answers, Step

WORKERS = 12


@dataclass(frozen=True)
class Result:
    """The result of one sequence."""

    index: int
    steps: Sequence[Step]
    difference: Difference | None
    message_difference: Difference | None = None


class Runner:
    """Runs sequences on two servers."""

    def __init__(self, real: Server, embedded: Server, seed: int) -> None:
        self._servers = (real, embedded)
        self._seed = seed

    def run_all(self, indexes: Iterable[int], workers: int = WORKERS) -> Iterator[Result]:
        """Run several sequences at the same time, because watches wait for their end."""
        with ThreadPoolExecutor(workers) as executor:
            yield from executor.map(self.run, indexes)

    def run(self, index: int) -> Result:
        """Run one sequence, and stop at its first difference."""
        namespace = f"cmp-{self._seed}-{index}"
        steps = make_sequence(self._seed, index, namespace)
        comparer = Comparer()
        return Result(index, steps, self.compare(steps, namespace, comparer), comparer.message_difference)

    def compare(self, steps: Sequence[Step], namespace: str, comparer: Comparer) -> Difference | None:
        """Run steps in a new namespace, and return the first difference except those of messages."""
        real, embedded = (send_steps(server, steps, namespace) for server in self._servers)
        for step in steps:
            difference = comparer.compare(step, real[step.number], embedded[step.number])
            if difference is not None:
                return difference
        return None


def send_steps(server: Server, steps: Sequence[Step], namespace: str) -> dict[int, Exchange]:
    """Send the requests of a sequence to one server, and return the responses."""
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    created = server.send("POST", "/api/v1/namespaces", f'{{"metadata":{{"name":"{namespace}"}}}}'.encode(), headers)
    if created.status != 201:
        raise RuntimeError(f"{server.name}: {created.body.decode()}")
    answers, exchanges = Answers(), dict[int, Exchange]()
    with contextlib.ExitStack() as stack:
        streams = []
        for step in steps:
            path = answers.resolve(step.path)
            if "resourceVersion=0" in path and step.method == "GET":
                _wait_for_cache(server, path)
            if step.is_watch:
                response = stack.enter_context(server.open_stream(path, _headers(step, None)))
                if step.live and response.status == 200:
                    streams.append((step, response))
                else:
                    exchanges[step.number] = read_to_end(response)
                continue
            body = None if step.body is None else answers.encode(step.body)
            exchange = exchanges[step.number] = server.send(step.method, path, body, _headers(step, body))
            if exchange.status < 300:
                answers.documents[step.number] = exchange.document
        for step, response in streams:
            exchanges[step.number] = read_to_end(response)
    return exchanges


def _headers(step: Step, body: bytes | None) -> dict[str, str]:
    headers = {"User-Agent": step.user_agent}
    if step.accept is not None:
        headers["Accept"] = step.accept
    if body is not None and step.content_type is not None:
        headers["Content-Type"] = step.content_type
    return headers


def _wait_for_cache(server: Server, path: str) -> None:
    """Send a consistent list, after which the cache of the server contains all earlier writes."""
    parts = path.partition("?")[0].split("/")
    start = 3 if parts[1] == "api" else 4
    end = start + (3 if parts[start] == "namespaces" and len(parts) > start + 2 else 1)
    server.send("GET", f"{'/'.join(parts[:end])}?labelSelector=none", None, {"Accept": "application/json"})
