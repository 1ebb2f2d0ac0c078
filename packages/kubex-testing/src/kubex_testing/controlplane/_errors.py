"""Why there is no control plane to test against."""


class ControlPlaneUnavailable(Exception):
    """This machine or this setting cannot give such a control plane; a test that wants one may skip with this text."""


class ControlPlaneStartError(Exception):
    """The control plane is there, but does not work; the message ends with the last lines of its logs."""


class PortInUseError(ControlPlaneStartError):
    """Another process took a port between our looking for a free one and the program's use of it."""
