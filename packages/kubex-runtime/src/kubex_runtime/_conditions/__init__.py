"""The conditions for which `wait_for()` waits. They only read the fields of one object."""
