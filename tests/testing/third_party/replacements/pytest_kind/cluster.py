"""A cluster that exists already: that of KUBECONFIG."""

import os
import shutil
import subprocess
from pathlib import Path


class KindCluster:
    """Has the methods of the class of pytest-kind that the test suites use."""

    def __init__(self, name: str, image: str | None = None) -> None:
        self.name = name
        self.kubeconfig_path = Path(os.environ["KUBECONFIG"])
        self.kubectl_path = Path(shutil.which("kubectl") or "kubectl")
        # The test suite removes the variable at the end of a session.
        self._environment = dict(os.environ)

    def create(self) -> None:
        """Do nothing: the cluster exists."""

    def delete(self) -> None:
        """Do nothing: the cluster is stopped later."""

    def kubectl(self, *arguments: str) -> str:
        """Run kubectl and return its output."""
        command = [str(self.kubectl_path), *arguments]
        return subprocess.run(command, env=self._environment, check=True, capture_output=True, text=True).stdout
