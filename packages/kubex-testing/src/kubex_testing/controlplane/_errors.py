"""The exceptions of the control plane launcher."""


class ControlPlaneUnavailable(Exception):
    """A control plane cannot be started with these programs and settings. Tests may skip with this message."""


class ControlPlaneStartError(Exception):
    """A control plane failed to start or does not respond. The message contains the last lines of its logs."""


class PortInUseError(ControlPlaneStartError):
    """Another process started to use a port after the launcher selected it."""
