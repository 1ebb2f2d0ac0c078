"""The parts without I/O: no `await`, no clock and no client. Time is passed to them in seconds."""
