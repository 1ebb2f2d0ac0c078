"""The garbage collector is as it was before, however a pause ends."""

import gc
import os
import threading
from collections.abc import Iterator

import pytest

from kubex.api._garbage_collection import garbage_collection_paused


@pytest.fixture(autouse=True)
def _enabled() -> Iterator[None]:
    gc.enable()
    gc.unfreeze()  # what other tests have frozen
    yield
    gc.enable()


def test_a_pause_ends_with_the_block_and_with_an_exception() -> None:
    with garbage_collection_paused():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ValueError, match="inside"), garbage_collection_paused():
        raise ValueError("inside")
    assert gc.isenabled()


def test_a_collector_that_is_off_stays_off() -> None:
    gc.disable()
    with pytest.raises(ValueError, match="inside"), garbage_collection_paused():
        raise ValueError("inside")
    assert not gc.isenabled()


def test_objects_of_the_block_are_in_the_oldest_generation() -> None:
    with garbage_collection_paused():
        made: list[list[object]] = [[] for _ in range(10)]
    oldest = {id(item) for item in gc.get_objects(generation=2)}
    assert all(id(item) in oldest for item in made)


def test_objects_that_the_program_has_frozen_stay_frozen() -> None:
    held: list[object] = [[]]
    gc.freeze()
    try:
        with garbage_collection_paused():
            pass
        assert not any(item is held for item in gc.get_objects())  # which leaves out what is frozen
    finally:
        gc.unfreeze()


@pytest.mark.parametrize("first_leaves", [True, False])
def test_two_threads_leave_the_collector_on(first_leaves: bool) -> None:
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
def test_a_child_of_a_fork_during_a_pause_of_another_thread_has_its_collector() -> None:
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
