"""`api.files`: copy files to and from containers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import anyio

from kubex.api._endpoint import Endpoint
from kubex.api._exec import PING_INTERVAL, create_process
from kubex.api._options import ExecOptions
from kubex.core.params import NamespaceTypes, Timeout, TimeoutTypes, coerce_timeout
from kubex.models.markers import HasExec
from kubex.streaming import Process
from kubex.streaming._file_transfer import Progress, download, read, upload

# In seconds: the shortest limit of a command that starts after the time limit of the call has passed.
_NO_TIME = 0.001


class Files:
    """The files in containers: `api.files.upload(name, local, remote)`, `download`, `read` and `write`.

    The methods run `tar`, `mv`, `rm` and `cat` in the container, without a shell. Paths in the container are absolute,
    or relative to its working directory. They are the final names: `upload(name, "site", "/srv/www")` creates
    `/srv/www`, and not `/srv/www/site`.

    All methods have these arguments:

    * `container`: required if the pod has several containers.
    * `namespace`, `request_timeout`: see `Api`. A total that you pass limits the complete copy; by default only the
      start of each program is limited.

    All methods raise FileTransferError and its subclasses RemoteFileNotFoundError, TargetExistsError,
    ProgramNotFoundError and UnsafeMemberError; OSError for local files; and the errors of `api.exec`.
    """

    def __init__(self, endpoint: Endpoint[HasExec]) -> None:
        self._endpoint = endpoint

    async def upload(
        self,
        name: str,
        local: str | os.PathLike[str],
        remote: str,
        *,
        container: str | None = None,
        progress: Progress | None = None,
        namespace: NamespaceTypes = ...,
        request_timeout: TimeoutTypes = ...,
    ) -> None:
        """Copy a local file or folder to a container.

        It replaces a file or an empty folder. A folder that is not empty raises TargetExistsError. The parent folder
        must exist. Until the copy is complete, it is in a folder `.kubex-...` next to the target.

        `progress` is called with the number of bytes, and the total. Raises StdinCloseError for API servers before
        Kubernetes 1.30, and FileTransferError if `local` contains a device, a FIFO or a socket.

        Example:
            await pods.files.upload("web-0", "site", "/srv/www")
        """
        target = self._container(name, container, namespace, request_timeout)
        await upload(target, Path(local), remote, progress)

    async def download(
        self,
        name: str,
        remote: str,
        local: str | os.PathLike[str],
        *,
        container: str | None = None,
        progress: Progress | None = None,
        namespace: NamespaceTypes = ...,
        request_timeout: TimeoutTypes = ...,
    ) -> None:
        """Copy a file or folder of a container to a local file or folder.

        It replaces a file or an empty folder. A folder that is not empty raises TargetExistsError. The parent folder
        must exist. The target does not exist until the copy is complete.

        `progress` is called with the number of bytes, and the total, which is None for a folder. Raises
        UnsafeMemberError, and copies nothing, if a folder contains a device, a FIFO, or a link to the outside.

        Example:
            await pods.files.download("web-0", "/var/log/app.log", "app.log")
        """
        source = self._container(name, container, namespace, request_timeout)
        needs_folder = os.fspath(local).endswith(("/", os.sep))
        await download(source, remote, Path(local), progress, needs_folder=needs_folder)

    async def read(
        self,
        name: str,
        path: str,
        *,
        container: str | None = None,
        namespace: NamespaceTypes = ...,
        request_timeout: TimeoutTypes = ...,
    ) -> bytes:
        """Return the content of a file of a container.

        Example:
            print((await pods.files.read("web-0", "/etc/hostname")).decode())
        """
        return await read(self._container(name, container, namespace, request_timeout), path)

    async def write(
        self,
        name: str,
        path: str,
        data: bytes | bytearray | memoryview,
        *,
        container: str | None = None,
        namespace: NamespaceTypes = ...,
        request_timeout: TimeoutTypes = ...,
    ) -> None:
        """Create or replace a file of a container. Its permissions are 0o644. See `upload()`.

        Example:
            await pods.files.write("web-0", "/tmp/settings.json", b'{"color": "blue"}')
        """
        # A copy of other types, which can change during the upload. Raises TypeError before anything is sent.
        content = data if isinstance(data, bytes) else bytes(memoryview(data))
        await upload(self._container(name, container, namespace, request_timeout), content, path)

    def _container(
        self, name: str, container: str | None, namespace: NamespaceTypes, request_timeout: TimeoutTypes
    ) -> _Container:
        timeout = coerce_timeout(request_timeout, field="request_timeout")
        end = None
        if isinstance(timeout, Timeout) and timeout.total is not None:
            end = anyio.current_time() + timeout.total
        return _Container(self._endpoint, name, container, namespace, timeout, end)


@dataclass(frozen=True, slots=True)
class _Container:
    """One container. `end` is the time of the event loop at which the time limit of the call ends."""

    endpoint: Endpoint[HasExec]
    pod: str
    container: str | None
    namespace: NamespaceTypes
    timeout: TimeoutTypes
    end: float | None

    def process(self, command: Sequence[str], *, stdin: bool = False, limit: float | None = None) -> Process:
        """Return a program that is not started yet."""
        timeout = self.timeout if limit is None else limit
        if limit is None and self.end is not None and isinstance(self.timeout, Timeout):
            timeout = replace(self.timeout, total=max(self.end - anyio.current_time(), _NO_TIME))
        options = ExecOptions(
            command=list(command), container=self.container, stdin=stdin or None, stdout=True, stderr=True
        )
        block = "api.files"
        return create_process(self.endpoint, "exec", self.pod, options, PING_INTERVAL, self.namespace, timeout, block)
