"""The costs of the embedded server, next to those of an earlier version."""
