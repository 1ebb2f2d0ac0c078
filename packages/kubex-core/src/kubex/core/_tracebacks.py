"""Remove secrets from tracebacks: some error reporters show the local variables of each frame."""

import traceback


def forget_frames(error: BaseException) -> None:
    """Remove the tracebacks of an exception and its causes, except of exceptions that a caller is handling.

    Use it where an exception leaves a function with tokens or keys in local variables, and raise the exception again.
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
