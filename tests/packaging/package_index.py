"""A package index on loopback, which serves a folder of distributions and accepts uploads."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType

from typing_extensions import Self
from wheel_environments import run

START_TIMEOUT = 30.0
CLOSED_PROXY = "http://127.0.0.1:9"


class PackageIndex:
    """Runs pypiserver while a `with` block runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder.with_suffix(".log")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.url = f"http://127.0.0.1:{free.getsockname()[1]}"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        port = self.url.rpartition(":")[2]
        access = ("--authenticate", ".", "--passwords", ".", "--disable-fallback", "-v", "--log-file", str(self.log))
        command = [sys.executable, "-m", "pypiserver", "run", "-i", "127.0.0.1", "-p", port, *access, str(self.folder)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + START_TIMEOUT
        while not self._responds():
            if self._process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"pypiserver did not start, see {self.log}")
            time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait()

    def _responds(self) -> bool:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            opener.open(f"{self.url}/health").close()
        except urllib.error.URLError:
            return False
        return True

    def environment(self, cache: Path) -> Mapping[str, str]:
        """Return variables with which pip and uv use only this index.

        Requests to other hosts go to a proxy that does not exist, so they fail. The caches are empty.
        """
        proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), CLOSED_PROXY)
        return {
            **proxies,
            **{name.lower(): value for name, value in proxies.items()},
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_FIND_LINKS": "",
            "PIP_INDEX_URL": f"{self.url}/simple/",
            "PIP_NO_CACHE_DIR": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "UV_CACHE_DIR": str(cache),
            "UV_DEFAULT_INDEX": f"{self.url}/simple/",
            "UV_FIND_LINKS": "",
            "UV_NO_CONFIG": "1",
        }

    def publish(self, files: Iterable[Path], environment: Mapping[str, str]) -> None:
        """Upload distributions."""
        run(*self.upload_command(files), env=environment)

    def upload_command(self, files: Iterable[Path]) -> tuple[str, ...]:
        """Return the command that uploads distributions."""
        target = ("--repository-url", f"{self.url}/", "--username", "rehearsal", "--password", "rehearsal")
        options = ("--non-interactive", "--disable-progress-bar")
        return (sys.executable, "-m", "twine", "upload", *options, *target, *map(str, files))

    def requested(self) -> set[str]:
        """Return the names of the files that were downloaded."""
        return set(re.findall(r"GET \S*/packages/([^\s#?]+)", self.log.read_text(encoding="utf-8")))
