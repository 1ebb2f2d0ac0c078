"""The costs of the embedded server, next to the costs of an earlier version."""
