"""The built wheels, and new environments for them."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

from wheel_environments import Environment


@dataclass(frozen=True)
class Wheels:
    """The built wheels by the names of their distributions, and the folder and the Python of new environments."""

    paths: dict[str, Path]
    folder: Path
    python: str

    def environment(self, name: str, *requirements: str) -> Environment:
        """Create an environment in which these distributions are installed."""
        environment = Environment(self.folder / name, self.python)
        self.install(environment, *requirements)
        return environment

    def install(self, environment: Environment, *requirements: str) -> None:
        """Install distributions of Kubex from their wheels, also with extras, and others by name."""
        environment.install(*map(self.requirement, requirements))

    def requirement(self, text: str) -> str:
        """Return the requirement with the path of its wheel, if it is a distribution of Kubex."""
        wheel = self.paths.get(text.partition("[")[0])
        return text if wheel is None else f"{text} @ {wheel.as_uri()}"

    def metadata(self, name: str) -> str:
        """Return the text of the METADATA file of a wheel."""
        with zipfile.ZipFile(self.paths[name]) as archive:
            entry = next(entry for entry in archive.namelist() if entry.endswith(".dist-info/METADATA"))
            return archive.read(entry).decode()
