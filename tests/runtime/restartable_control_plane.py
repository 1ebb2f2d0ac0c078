"""A control plane. Tests can kill its programs, start them again, and restore a copy of the data."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from kubex_testing import ServerHandle
from kubex_testing.controlplane import ControlPlane
from kubex_testing.controlplane._component import Component
from kubex_testing.controlplane._control_plane_run import ControlPlaneRun
from kubex_testing.controlplane._probe import Probe

ETCD, API_SERVER = "etcd", "kube-apiserver"


class RestartableControlPlane:
    """etcd and kube-apiserver. All methods block."""

    def __init__(self, control_plane: ControlPlane) -> None:
        self.handle: ServerHandle = control_plane.start()
        run = control_plane._run
        assert run is not None
        self._run: ControlPlaneRun = run
        self._components = {component.name: component for component in run.components}
        self._data = run._directory / "etcd"
        self._copy = run._directory / "etcd-copy"

    def kill(self, name: str) -> None:
        """Kill a program with SIGKILL."""
        component = self._components[name]
        for child in children(component.process.pid):
            os.kill(child, signal.SIGKILL)
        component.process.wait(10)

    def start(self, name: str) -> None:
        """Start a program that was killed, with the same flags."""
        _python, _i, _s, _watchdog, directory, grace, program, *flags = component_arguments(self._components[name])
        component = Component.start(Path(program), flags, Path(directory), grace=float(grace))
        self._components[name] = component
        self._run._clean_up.callback(component.stop)

    def wait_until_ready(self) -> None:
        """Wait until the API server responds."""
        probe, deadline = Probe(self.handle), time.monotonic() + 60  # real time: a guard
        while not probe.is_ready():
            assert time.monotonic() < deadline, "the API server was not ready"  # real time: a guard
            time.sleep(0.05)  # real time: the program does not report that it is ready

    def restart(self, *names: str) -> None:
        """Kill programs and start them again."""
        for name in names:
            self.kill(name)
        for name in reversed(names):
            self.start(name)
        self.wait_until_ready()

    def save(self) -> None:
        """Copy the data of etcd."""
        self.kill(ETCD)
        shutil.rmtree(self._copy, ignore_errors=True)
        shutil.copytree(self._data, self._copy)
        self.start(ETCD)
        self.wait_until_ready()

    def restore(self) -> None:
        """Replace the data of etcd by the copy, and start both programs again."""
        self.kill(API_SERVER)
        self.kill(ETCD)
        shutil.rmtree(self._data)
        shutil.copytree(self._copy, self._data)
        self.start(ETCD)
        self.start(API_SERVER)
        self.wait_until_ready()


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    output = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=True).stdout
    return [int(line) for line in output.split()]


def component_arguments(component: Component) -> list[str]:
    """Return the command of a program and its watchdog."""
    arguments = component.process.args
    assert isinstance(arguments, list)
    return [os.fspath(argument) for argument in arguments]
