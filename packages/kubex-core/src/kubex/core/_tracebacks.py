"""Tracebacks without secrets: error reporters show the local variables of frames."""

import traceback


def forget_frames(error: BaseException) -> None:
    """Remove the tracebacks of an exception and of those behind it, except of those that a caller is handling.

    Call it where an exception leaves code whose local variables contain tokens or keys, and raise the exception again.
    """
    callers = {frame for frame, _ in traceback.walk_stack(None)}
    waiting, seen = [error], set[int]()
    while waiting:
        each = waiting.pop()
        frames = each.__traceback__
        if id(each) in seen or (each is not error and frames is not None and frames.tb_frame in callers):
            continue
        seen.add(id(each))
        each.__traceback__ = None
        several: tuple[BaseException, ...] = getattr(each, "exceptions", ())  # of an exception group
        waiting += [behind for behind in (each.__cause__, each.__context__, *several) if behind is not None]
