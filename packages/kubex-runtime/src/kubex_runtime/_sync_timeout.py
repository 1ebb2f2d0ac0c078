"""Why an informer is not synced in time."""

from kubex_runtime._machine.backoff import Failure
from kubex_runtime.errors import InformerSyncTimeout


def sync_timeout(
    name: str, timeout: float, failure: Failure | None, *, is_running: bool, received: int | None
) -> InformerSyncTimeout:
    """Return the exception of `wait_synced()`. `received` is the number of objects; None without any response."""
    if not is_running:
        problem = "its run() was not called: start it in a task, such as `await task_group.start(informer.run)`"
    elif failure is not None:
        problem = f"the last of {failure.attempts} requests has failed: {failure.error}"
    elif received is None:
        problem = "no response was received"
    else:
        problem = f"{received} objects have arrived"
    error = InformerSyncTimeout(name, timeout, problem)
    error.__cause__ = failure.error if failure is not None else None
    return error
