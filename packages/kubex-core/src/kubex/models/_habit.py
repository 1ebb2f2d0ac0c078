"""Guessing whether the parts of the next object will be read whole, from those before it."""

# So many objects in a row must have been read whole before the parts of the next ones are decoded whole,
_ENOUGH = 3
# and after so many of those one decodes field by field again, to see whether that still holds.
_TRUSTED = 63


class Habit:
    """What became of the objects of one kind whose spec, status or the like was touched lately.

    Decoding a large part field by field is cheap where a few fields are read, and dear where all are. A loop that reads
    everything shows it on its first objects. A wrong guess costs time, nothing else.
    """

    __slots__ = ("_ahead", "_in_a_row", "_unread")

    def __init__(self) -> None:
        self._in_a_row = 0
        self._unread = False
        self._ahead = 0

    def expects_reading(self) -> bool:
        """Whether to decode the parts of the next object whole. If not, `was_read` is to be called when it was."""
        if self._in_a_row >= _ENOUGH:
            if self._ahead < _TRUSTED:
                self._ahead += 1
                return True
            self._ahead = 0
            self._in_a_row = _ENOUGH - 1
        elif self._unread:
            self._in_a_row = 0
        self._unread = True
        return False

    def was_read(self) -> None:
        """Note that such an object was read nearly whole."""
        self._unread = False
        self._in_a_row += 1
