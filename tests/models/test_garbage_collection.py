"""`garbage_collection_paused()`, and the state of the garbage collector after it."""

import gc
import os
import threading
from collections.abc import Iterator

import pytest

from kubex.api._garbage_collection import garbage_collection_paused


@pytest.fixture(autouse=True)
def _enable_garbage_collection() -> Iterator[None]:
    gc.enable()
    gc.unfreeze()  # objects that other tests have frozen
    yield
    gc.enable()


def test_pause_ends_with_the_block_or_an_exception() -> None:
    with garbage_collection_paused():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ValueError, match="inside"), garbage_collection_paused():
        raise ValueError("inside")
    assert gc.isenabled()


def test_pause_does_not_enable_a_disabled_collector() -> None:
    gc.disable()
    with pytest.raises(ValueError, match="inside"), garbage_collection_paused():
        raise ValueError("inside")
    assert not gc.isenabled()


def test_pause_moves_objects_of_the_block_to_the_oldest_generation() -> None:
    with garbage_collection_paused():
        created: list[list[object]] = [[] for _ in range(10)]
    oldest = {id(item) for item in gc.get_objects(generation=2)}
    assert all(id(item) in oldest for item in created)


def test_pause_does_not_unfreeze_objects() -> None:
    frozen: list[object] = [[]]
    gc.freeze()
    try:
        with garbage_collection_paused():
            pass
        assert not any(item is frozen for item in gc.get_objects())  # get_objects() omits frozen objects
    finally:
        gc.unfreeze()


@pytest.mark.parametrize("first_leaves", [True, False])
def test_overlapping_pauses_of_two_threads_end_with_the_collector_enabled(first_leaves: bool) -> None:
    inside, leave, left = threading.Event(), threading.Event(), threading.Event()

    def pause() -> None:
        with garbage_collection_paused():
            inside.set()
            leave.wait(20)
        left.set()

    thread = threading.Thread(target=pause)
    thread.start()
    assert inside.wait(20)
    with garbage_collection_paused():
        assert not gc.isenabled()
        if first_leaves:
            leave.set()
            assert left.wait(20)
            assert gc.isenabled()
    if not first_leaves:
        assert not gc.isenabled()
        leave.set()
    thread.join(20)
    assert gc.isenabled()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork.*:DeprecationWarning")
def test_child_of_a_fork_during_a_pause_has_the_collector_enabled() -> None:
    inside, leave = threading.Event(), threading.Event()

    def pause() -> None:
        with garbage_collection_paused():
            inside.set()
            leave.wait(20)

    thread = threading.Thread(target=pause)
    thread.start()
    assert inside.wait(20)
    child = os.fork()
    if child == 0:
        os._exit(0 if gc.isenabled() else 1)
    leave.set()
    thread.join(20)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
