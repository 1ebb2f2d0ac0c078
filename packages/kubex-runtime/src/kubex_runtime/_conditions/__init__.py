"""The conditions for which `wait_for()` waits. They have no I/O: they read the fields of one object."""
