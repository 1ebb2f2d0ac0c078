"""Why there is no control plane to test against."""


class ControlPlaneUnavailable(Exception):  # noqa: N818  the state of the machine, and a reason to skip: not a failure
    """This machine or this setting cannot give such a control plane; a test that wants one may skip with this text."""


class ControlPlaneStartError(Exception):
    """The programs are there, but did not come up; the message ends with the last lines of the program's log."""
