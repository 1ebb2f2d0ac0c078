"""Guessing whether the next object will be read whole, from those before it."""

# So many objects in a row must have been read whole before the next ones are decoded at once,
_ENOUGH = 3
# and after so many of those one is built lazily again, to see whether that still holds.
_TRUSTED = 63


class Habit:
    """What became of the objects of one kind that were built lately.

    Decoding lazily and then reading everything costs a quarter more than decoding at once. A loop that reads everything
    shows it on its first objects; one that reads names and labels never does. A wrong guess costs time, nothing else.
    """

    __slots__ = ("_ahead", "_in_a_row", "_unread")

    def __init__(self) -> None:
        self._in_a_row = 0
        self._unread = False
        self._ahead = 0

    def expects_reading(self) -> bool:
        """Whether to decode the next object at once."""
        if self._in_a_row < _ENOUGH:
            return False
        if self._ahead < _TRUSTED:
            self._ahead += 1
            return True
        self._ahead = 0
        self._in_a_row = _ENOUGH - 1
        return False

    def was_built(self) -> None:
        """Note an object that was built lazily."""
        if self._unread:
            self._in_a_row = 0
        self._unread = True

    def was_read(self) -> None:
        """Note that such an object was read beyond its metadata."""
        self._unread = False
        self._in_a_row += 1
