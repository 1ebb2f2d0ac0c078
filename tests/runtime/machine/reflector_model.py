"""Run a reflector against the model of a server, and check what it promises."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field

from kubex.errors import Forbidden, KubexError, NotFound
from kubex_runtime._machine.entries import ObjectTable, RawChange
from kubex_runtime._machine.keys import Key
from kubex_runtime._machine.reflector import Changes, Reflector
from kubex_runtime._machine.steps import ListStep, WatchStep
from runtime.machine.server_model import Event, ServerModel, WatchEnded, seeded

ReflectorFactory = Callable[..., Reflector]

# Without further writes, this number of requests must be enough to reach the state of the server.
_REQUESTS_UNTIL_EQUAL = 30


@dataclass
class Consumer:
    """Receives changes, and checks that they describe possible lives of objects."""

    objects: dict[Key, tuple[str | None, str]] = field(default_factory=dict)
    versions: dict[str | None, int] = field(default_factory=dict)
    deleted: set[str | None] = field(default_factory=set)
    synced: int = 0
    history_went_back: bool = False

    def take(self, change: RawChange) -> None:
        """Take the next change."""
        if change.type == "synced":
            self.synced += 1
            assert self.synced == 1, "synced twice"
            return
        assert change.key is not None
        known = self.objects.get(change.key)
        if change.type == "deleted":
            assert known is not None, f"deleted, but not known: {change}"
            assert known[0] == change.uid, f"another object was deleted: {change}"
            assert change.uid not in self.deleted or self.history_went_back, f"deleted twice: {change}"
            self.deleted.add(change.uid)
            del self.objects[change.key]
            return
        assert change.json is not None
        uid, version = change.json.decode().split("@")
        assert uid == change.uid
        if change.type == "added":
            assert known is None, f"added, but known: {change}"
            assert uid not in self.deleted or self.history_went_back, f"added after its deletion: {change}"
        else:
            assert known is not None, f"modified, but not known: {change}"
            assert known[0] == uid, f"modified, but another object is known: {change}"
            assert known[1] != version, f"repeated: {change}"
        assert int(version) > self.versions.get(uid, 0) or self.history_went_back, f"back in time: {change}"
        self.versions[uid] = int(version)
        self.objects[change.key] = uid, version


class Run:
    """One random sequence of requests, changes and failures."""

    def __init__(self, seed: int, create: ReflectorFactory = Reflector) -> None:
        self.random = seeded(seed)
        self.server = ServerModel(self.random, streams=self.random.random() < 0.7)
        self.table = ObjectTable(keep_json=False)
        self.consumer = Consumer()
        self.now = 0.0
        self.requests = 0
        self.reflector = create(
            self.table,
            initial=self.random.choice(("stream", "stream", "list", "any")),
            page_size=self.random.choice((1, 2, 3, 500)),
            optional=self.random.random() < 0.5,
            random=self.random,
        )

    def check(self) -> None:
        """Misbehave for some time, stop, and check that the table equals the state of the server."""
        for _ in range(self.random.randrange(3, 25)):
            self._change_server()
            self._request()
        self.server.misbehaves, self.server.has_kind = False, True
        if self.random.random() < 0.2:
            self.server.rewind()
            self.consumer.history_went_back = True
        for _ in range(_REQUESTS_UNTIL_EQUAL):
            self._request()
        self._check_equal()

    def _change_server(self) -> None:
        for _ in range(self.random.randrange(4)):
            self.server.write()
        chance = self.random.random()
        if chance < 0.08:
            self.server.compact()
        elif chance < 0.12:
            self.server.replace_everything_quietly()
        elif chance < 0.16:
            self.server.remove_kind()
        elif chance < 0.3:
            self.server.has_kind = True

    def _check_equal(self) -> None:
        server = {name: (state.uid, state.resource_version) for name, state in self.server.objects.items()}
        table = {key.name: (entry.uid, entry.resource_version) for key, entry in self.table.entries.items()}
        consumer = {key.name: state for key, state in self.consumer.objects.items()}
        assert table == server, f"the table differs from the server: {table} {server}"
        assert consumer == server, f"the consumer differs from the server: {consumer} {server}"
        assert self.reflector.synced
        assert self.consumer.synced == 1

    # A shell without I/O

    def _request(self) -> None:
        self.requests += 1
        self.now = max(self.now, self.reflector.attempts.next_at)
        step = self.reflector.next_step()
        if self.server.cancels():
            self.reflector.request_cancelled()
            return
        try:
            if isinstance(step, ListStep):
                self._list(step)
            else:
                self._watch(step)
        except KubexError as error:
            self._fail(error, from_event=False)

    def _list(self, step: ListStep) -> None:
        page = self.server.list(step)
        if self.reflector.page(page.resource_version, page.continue_token, self.now):
            for item in page.items:
                self._take(self.reflector.item(item))
            self._take(self.reflector.end_page(self.now))

    def _watch(self, step: WatchStep) -> None:
        received = self.server.watch(step)
        next(received)
        self.reflector.opened(self.now)
        try:
            for each in received:
                if self.server.cancels():
                    self.reflector.interrupted(self.now)
                    return
                if isinstance(each, float):
                    self.now += each
                elif isinstance(each, Event):
                    self._take(self.reflector.event(each.type, each.object, self.now))
                    if not self.reflector.continues:
                        return
                elif not self.reflector.malformed_event():
                    raise each
            self.reflector.ended(self.now)
        except WatchEnded:
            self.reflector.ended(self.now)
        except KubexError as error:
            self._fail(error, from_event=True)

    def _fail(self, error: KubexError, *, from_event: bool) -> None:
        try:
            self._take(self.reflector.failed(error, self.now, from_event=from_event))
            assert not (isinstance(error, NotFound) and self.consumer.objects), "objects of a kind that does not exist"
        except (Forbidden, NotFound):
            assert not self.reflector.synced
            self.now += 1.0

    def _take(self, changes: Changes) -> None:
        for change in changes:
            self.consumer.take(change)


def failure_of(seed: int) -> str:
    """Run a sequence, and return the violated promise, or an empty text."""
    try:
        Run(seed).check()
    except AssertionError as error:
        return f"seed {seed}: {error}"
    return ""


def main() -> None:
    """Run the sequences of some seeds: `reflector_model.py [NUMBER] [FIRST_SEED]`."""
    number, first = (int(text) for text in [*sys.argv[1:], *("100000", "0")[len(sys.argv) - 1 :]])
    failure = next(filter(None, map(failure_of, range(first, first + number))), None)
    sys.exit(failure)


if __name__ == "__main__":
    main()
