"""Credentials of an exec plugin: run it, cache its result, and run it again before the result expires."""

import logging
import os
import signal
import time
from contextlib import ExitStack
from datetime import datetime, timezone

import anyio.to_thread
from typing_extensions import override

from kubex.credentials._authentication import Authentication
from kubex.credentials._exec_config import ExecPlugin
from kubex.credentials._exec_credential import parse_exec_credential
from kubex.credentials._exec_info import ExecCluster, environment
from kubex.credentials._exec_process import OUTPUT_LIMIT, PluginProcess, ProcessResult
from kubex.credentials._exec_stderr import StderrCollector
from kubex.credentials._exec_stdin import reserve_stdin
from kubex.credentials._renewable import RenewableCredentials
from kubex.errors import ConfigurationError

logger = logging.getLogger("kubex.credentials")

EXPIRY_MARGIN = 10.0
"""Seconds before the expiry at which the plugin runs again; at most a tenth of the remaining lifetime."""


class ExecCredentials(RenewableCredentials):
    """The token or client certificate that an exec plugin prints, cached until shortly before it expires.

    Without `expirationTimestamp`, the result is used until the server rejects it. A result that has already expired is
    used for one call.
    """

    MIN_RENEWAL_INTERVAL = 10.0

    def __init__(self, plugin: ExecPlugin, *, cluster: ExecCluster | None = None) -> None:
        super().__init__()
        if plugin.provide_cluster_info and cluster is None:
            problem = "requires the argument cluster of ExecCredentials"
            raise ConfigurationError(problem, source="ExecPlugin", field="provide_cluster_info")
        self._plugin = plugin
        self._cluster = cluster
        self._process: PluginProcess | None = None
        self._source = f"exec plugin {plugin.command!r}"

    @override
    async def renew(self) -> tuple[Authentication, float, float]:
        """Run the plugin."""
        start = time.perf_counter()
        output = await self._run()
        known = self.current.tls if self.current is not None else None
        credential = await anyio.to_thread.run_sync(
            lambda: parse_exec_credential(
                output, api_version=self._plugin.api_version, source=self._source, known=known
            )
        )
        logger.debug("%s returned credentials after %.3f s", self._source, time.perf_counter() - start)
        return credential.authentication, *_lifetime(credential.expires)

    @override
    async def abandon(self) -> None:
        """Kill the running plugin."""
        process, self._process = self._process, None
        if process is not None:
            await process.stop()

    async def _run(self) -> bytes:
        # If the caller is cancelled, the process keeps running in self._process for the next waiting caller. So only
        # Exception is caught here, not BaseException.
        process = self._process = self._process or await self._start()
        try:
            result = await process.wait()
        except Exception as error:
            self._process = None
            if not isinstance(error, TimeoutError):
                raise
            problem = f"was killed after {self._plugin.timeout:g} s; ExecPlugin(timeout=...) sets another limit"
            raise self._failed(problem, process.stderr) from None
        self._process = None
        if result.exceeded_limit:
            raise self._failed(f"printed more than {OUTPUT_LIMIT} bytes on standard output", process.stderr)
        if result.exit_code != 0:
            raise self._failed(_describe_exit(result), process.stderr)
        return result.output

    async def _start(self) -> PluginProcess:
        plugin = self._plugin
        resources = ExitStack()
        try:
            interactive = resources.enter_context(reserve_stdin(plugin.interactive_mode, source=self._source))
            stderr = StderrCollector(self._source, interactive=interactive)
            env = await anyio.to_thread.run_sync(
                lambda: environment(plugin, self._cluster, interactive=interactive, inherited=os.environ)
            )
            return PluginProcess(
                plugin, env=env, interactive=interactive, stderr=stderr, source=self._source, resources=resources
            )
        except BaseException:
            resources.close()
            raise

    def _failed(self, problem: str, stderr: StderrCollector) -> ConfigurationError:
        tail = stderr.tail()
        details = f"; standard error:\n{tail}" if tail else "; standard error was empty"
        return ConfigurationError(problem + details, source=self._source)


def _describe_exit(result: ProcessResult) -> str:
    if result.exit_code > 0:
        return f"failed with exit code {result.exit_code}"
    try:
        return f"was killed by {signal.Signals(-result.exit_code).name}"
    except ValueError:
        return f"was killed by signal {-result.exit_code}"


def _lifetime(expires: datetime | None) -> tuple[float, float]:
    """Return the remaining seconds, and how many seconds before the end the plugin runs again."""
    left = float("inf") if expires is None else (expires - datetime.now(timezone.utc)).total_seconds()
    return left, min(EXPIRY_MARGIN, left / 10)
