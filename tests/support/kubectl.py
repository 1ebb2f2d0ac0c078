"""kubectl, as the client of a test server."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

# In seconds; only a failure takes so long.
LIMIT = 60


@dataclass(frozen=True)
class Kubectl:
    """kubectl with the kubeconfig of an administrator. The kubeconfig selects the namespace."""

    program: str
    kubeconfig: Path
    namespace: str

    def command(self, *arguments: str) -> list[str]:
        """Return the complete command."""
        return [self.program, f"--kubeconfig={self.kubeconfig}", *arguments]

    def run(self, *arguments: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
        """Run a command and return its result."""
        return subprocess.run(
            self.command(*arguments), input=stdin, capture_output=True, timeout=LIMIT, check=False, env=environment()
        )

    def output(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """Return stdout of a command that must succeed."""
        result = self.run(*arguments, stdin=stdin)
        assert result.returncode == 0, result.stderr.decode()
        return result.stdout

    def create(self, name: str, *, ready: bool = True, policy: str = "Always", **container: Any) -> None:
        """Create a Pod that kubex-kubelet runs, and wait until its container runs."""
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "labels": {"kubex.example/run": "true"}},
            "spec": {"restartPolicy": policy, "containers": [{"name": "main", "image": "none", **container}]},
        }
        self.output("create", "-f", "-", stdin=json.dumps(pod).encode())
        if ready:
            self.wait(name, "condition=Ready")

    def wait(self, name: str, condition: str) -> None:
        """Wait for a condition of a Pod."""
        self.output("wait", f"--for={condition}", f"--timeout={LIMIT}s", f"pod/{name}")


def environment() -> dict[str, str]:
    """Return an environment without proxies and other settings for kubectl."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}


def require_kubectl() -> str:
    """Return the path of kubectl, or skip the test."""
    path = shutil.which("kubectl", path=os.environ.get("KUBEBUILDER_ASSETS", ""))
    if path is None:
        pytest.skip("no kubectl in KUBEBUILDER_ASSETS")
    return path
