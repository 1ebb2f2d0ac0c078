"""The log of a reflector."""

import logging

from kubex.errors import ApiError, KubexError
from kubex_runtime._machine.backoff import Failure
from kubex_runtime._machine.reflector import Reflector

logger = logging.getLogger("kubex_runtime")


class ReflectorLog:
    """Logs failures, but not each of many failures with the same cause."""

    def __init__(self, kind: str, reflector: Reflector) -> None:
        self._name = f"following {kind}"
        self._attempts = reflector.attempts
        self._logged: Failure | None = None
        self._skipped: set[type[KubexError]] = set()

    def failure(self) -> None:
        """Log the current failure, if there is one."""
        before, failure = self._logged, self._attempts.failure
        self._logged = failure
        if failure is None:
            return
        if before is None or before.since != failure.since or type(before.error) is not type(failure.error):
            level = logging.WARNING if isinstance(failure.error, ApiError) else logging.INFO
            logger.log(level, "%s: trying again after: %s", self._name, failure.error)

    def silent(self) -> None:
        """Log that the server does not support initial events."""
        logger.warning("%s: the server does not complete the initial events; using lists instead", self._name)

    def skipped(self, error: KubexError) -> None:
        """Log an object or an event that could not be decoded, once for each type of error."""
        # The message names the object, and there can be many.
        if type(error) not in self._skipped:
            self._skipped.add(type(error))
            logger.warning("%s: skipped, as all later ones of this type will be: %s", self._name, error)
