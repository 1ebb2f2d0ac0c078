"""The log of exceptions that functions of the user raise."""

import logging

logger = logging.getLogger("kubex_runtime.informer")


class CallbackLog:
    """Logs the exceptions of a function: the first one with its traceback, later ones as their number.

    A function that raises for one object often raises for many. The number is logged at 10, 100, 1,000 and so on.
    """

    def __init__(self, subject: str) -> None:
        self._subject = subject
        self._count = 0
        self._next_report = 10

    def failed(self, error: Exception, name: object) -> None:
        """Log that the function has raised an exception for an object."""
        self._count += 1
        if self._count == 1:
            message = "%s raised an exception for the object %s; later ones are counted"
            logger.error(message, self._subject, name, exc_info=error)
        elif self._count == self._next_report:
            self._next_report *= 10
            message = "%s has raised %d exceptions; the last one for the object %s: %r"
            logger.error(message, self._subject, self._count, name, error)
