"""Credentials that a program prints, as `exec` of a user in a kubeconfig asks for."""

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
from kubex.credentials._exec_process import OUTPUT_LIMIT, Ended, PluginRun
from kubex.credentials._exec_stderr import StderrCollector
from kubex.credentials._exec_stdin import reserve_stdin
from kubex.credentials._renewable import RenewableCredentials
from kubex.errors import ConfigurationError

logger = logging.getLogger("kubex.credentials")

EXPIRY_MARGIN = 10.0
"""Seconds before the end of credentials at which new ones are asked for; at most a tenth of what they had left."""


class ExecCredentials(RenewableCredentials):
    """What a plugin prints: a token, a client certificate, or both, kept until shortly before it expires.

    Without `expirationTimestamp` it is kept until the server refuses it; if it has expired already, for one call.
    """

    MIN_RENEWAL_INTERVAL = 10.0

    def __init__(self, plugin: ExecPlugin, *, cluster: ExecCluster | None = None) -> None:
        super().__init__()
        if plugin.provide_cluster_info and cluster is None:
            raise ConfigurationError("needs the cluster", source="ExecPlugin", field="provide_cluster_info")
        self._plugin = plugin
        self._cluster = cluster
        self._running: PluginRun | None = None
        self._source = f"exec plugin {plugin.command!r}"

    @override
    async def renew(self) -> tuple[Authentication, float, float]:
        """Run the plugin."""
        begin = time.perf_counter()
        output = await self._run()
        known = self.current.tls if self.current is not None else None
        answer = await anyio.to_thread.run_sync(
            lambda: parse_exec_credential(
                output, api_version=self._plugin.api_version, source=self._source, known=known
            )
        )
        logger.debug("%s answered after %.3f s", self._source, time.perf_counter() - begin)
        return answer.authentication, *_lifetime(answer.expires)

    @override
    async def abandon(self) -> None:
        """Kill the plugin that is running."""
        run, self._running = self._running, None
        if run is not None:
            await run.stop()

    async def _run(self) -> bytes:
        run = self._running = self._running or await self._start()
        try:
            ended = await run.wait()
        except Exception as error:  # who is cancelled leaves it going on
            self._running = None
            if not isinstance(error, TimeoutError):
                raise
            problem = f"was ended after {self._plugin.timeout:g} s; ExecPlugin(timeout=...) gives it longer"
            raise self._failed(problem, run.messages) from None
        self._running = None
        if ended.too_much:
            raise self._failed(f"printed more than {OUTPUT_LIMIT} bytes on standard output", run.messages)
        if ended.code != 0:
            raise self._failed(_how_it_ended(ended), run.messages)
        return ended.output

    async def _start(self) -> PluginRun:
        plugin = self._plugin
        resources = ExitStack()
        try:
            interactive = resources.enter_context(reserve_stdin(plugin.interactive_mode, source=self._source))
            messages = StderrCollector(self._source, interactive=interactive)
            env = await anyio.to_thread.run_sync(
                lambda: environment(plugin, self._cluster, interactive=interactive, inherited=os.environ)
            )
            return PluginRun(
                plugin, env=env, interactive=interactive, messages=messages, source=self._source, resources=resources
            )
        except BaseException:
            resources.close()
            raise

    def _failed(self, problem: str, messages: StderrCollector) -> ConfigurationError:
        said = messages.tail()
        last = f"; its standard error:\n{said}" if said else "; it said nothing on standard error"
        return ConfigurationError(problem + last, source=self._source)


def _how_it_ended(ended: Ended) -> str:
    if ended.code > 0:
        return f"failed with exit code {ended.code}"
    try:
        return f"was ended by {signal.Signals(-ended.code).name}"
    except ValueError:
        return f"was ended by signal {-ended.code}"


def _lifetime(expires: datetime | None) -> tuple[float, float]:
    left = float("inf") if expires is None else (expires - datetime.now(timezone.utc)).total_seconds()
    return left, min(EXPIRY_MARGIN, left / 10)
