"""Tests of exec plugins that prompt on standard input, with and without a terminal."""

import os
import pty
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from kubex.credentials import Authentication, ExecCredentials
from kubex.errors import ConfigurationError
from support.exec_plugins import PluginListener, PluginScript

pytestmark = pytest.mark.anyio

PROMPT = """
interactive = json.loads(os.environ["KUBERNETES_EXEC_INFO"])["spec"]["interactive"]
sys.stderr.write("Password: ")
sys.stderr.flush()
print_credential(token="-".join([str(interactive), str(os.isatty(0)), sys.stdin.readline().strip()]))
"""


def token(authentication: Authentication) -> str:
    return dict(authentication.headers)["Authorization"].removeprefix("Bearer ")


@pytest.fixture
def terminal() -> Iterator[int]:
    """Replace standard input of this process by a terminal; returns its other end."""
    keyboard, screen = pty.openpty()
    before = os.dup(0)
    os.dup2(screen, 0)
    try:
        yield keyboard
    finally:
        os.dup2(before, 0)
        for each in (keyboard, screen, before):
            os.close(each)


@pytest.mark.covers("pitfall-30")
@pytest.mark.parametrize("mode", ["IfAvailable", "Always"])
async def test_plugin_prompts_on_the_terminal(
    tmp_path: Path, terminal: int, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, mode: str
) -> None:
    os.write(terminal, b"hunter2\n")
    source = ExecCredentials(PluginScript(tmp_path / "plugin", PROMPT).plugin(interactive_mode=mode))
    assert token(await source.authenticate()) == "True-True-hunter2"
    assert capsys.readouterr().err == "Password: "
    assert caplog.text == ""


@pytest.mark.covers("pitfall-30")
async def test_plugin_with_mode_never_does_not_get_the_terminal(tmp_path: Path, terminal: int) -> None:
    source = ExecCredentials(PluginScript(tmp_path / "plugin", PROMPT).plugin(interactive_mode="Never"))
    assert token(await source.authenticate()) == "False-False-"


@pytest.mark.covers("pitfall-30")
async def test_plugin_with_mode_if_available_runs_without_a_terminal(tmp_path: Path) -> None:
    source = ExecCredentials(PluginScript(tmp_path / "plugin", PROMPT).plugin())
    assert token(await source.authenticate()) == "False-False-"


@pytest.mark.covers("pitfall-30")
async def test_plugin_with_mode_always_raises_without_a_terminal(tmp_path: Path) -> None:
    script = PluginScript(tmp_path / "plugin", PROMPT)
    with pytest.raises(ConfigurationError, match=r"'Always'.* it is not a terminal") as caught:
        await ExecCredentials(script.plugin(interactive_mode="Always")).authenticate()
    assert "exec plugin" in str(caught.value)
    assert script.runs == 0


async def test_only_one_plugin_at_a_time_gets_the_terminal(tmp_path: Path, terminal: int) -> None:
    with PluginListener() as listener:
        first = PluginScript(tmp_path / "first", f'connect({listener.port}).recv(1); print_credential(token="t")')
        second = PluginScript(tmp_path / "second", PROMPT)
        async with anyio.create_task_group() as group:
            group.start_soon(ExecCredentials(first.plugin()).authenticate)
            first_plugin = await listener.accept()
            with pytest.raises(ConfigurationError, match="it is used by another plugin"):
                await ExecCredentials(second.plugin(interactive_mode="Always")).authenticate()
            assert token(await ExecCredentials(second.plugin()).authenticate()) == "False-False-"
            first_plugin.proceed()
    os.write(terminal, b"free\n")
    source = ExecCredentials(second.plugin(interactive_mode="Always"))
    assert token(await source.authenticate()) == "True-True-free"


async def test_plugin_on_the_terminal_is_killed_if_its_caller_is_cancelled(tmp_path: Path, terminal: int) -> None:
    with PluginListener() as listener:
        script = PluginScript(tmp_path / "plugin", f"connect({listener.port}); sys.stdin.readline()")
        async with anyio.create_task_group() as group:
            group.start_soon(ExecCredentials(script.plugin(interactive_mode="Always")).authenticate)
            plugin = await listener.accept()
            group.cancel_scope.cancel()
        assert plugin.was_reaped()
        await plugin.wait_for_exit()
