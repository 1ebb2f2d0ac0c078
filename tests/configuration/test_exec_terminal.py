"""Exec plugins that ask: at a terminal, and where there is none."""

import os
import pty
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from kubex.credentials import Authentication, ExecCredentials
from kubex.errors import ConfigurationError
from support.plugins import Meeting, PluginScript

pytestmark = pytest.mark.anyio

ASK = """
asked = json.loads(os.environ["KUBERNETES_EXEC_INFO"])["spec"]["interactive"]
sys.stderr.write("Password: ")
sys.stderr.flush()
answer(token="-".join([str(asked), str(os.isatty(0)), sys.stdin.readline().strip()]))
"""


def token(authentication: Authentication) -> str:
    return dict(authentication.headers)["Authorization"].removeprefix("Bearer ")


@pytest.fixture
def terminal() -> Iterator[int]:
    """Make a terminal this process's standard input; answers its other end."""
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
async def test_a_plugin_asks_at_the_terminal(
    tmp_path: Path, terminal: int, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, mode: str
) -> None:
    os.write(terminal, b"hunter2\n")
    source = ExecCredentials(PluginScript(tmp_path / "plugin", ASK).settings(interactive_mode=mode))
    assert token(await source.authenticate()) == "True-True-hunter2"
    assert capsys.readouterr().err == "Password: "
    assert caplog.text == ""


@pytest.mark.covers("pitfall-30")
async def test_a_plugin_that_never_asks_has_no_terminal(tmp_path: Path, terminal: int) -> None:
    source = ExecCredentials(PluginScript(tmp_path / "plugin", ASK).settings(interactive_mode="Never"))
    assert token(await source.authenticate()) == "False-False-"


@pytest.mark.covers("pitfall-30")
async def test_without_a_terminal_a_plugin_may_go_without(tmp_path: Path) -> None:
    source = ExecCredentials(PluginScript(tmp_path / "plugin", ASK).settings())
    assert token(await source.authenticate()) == "False-False-"


@pytest.mark.covers("pitfall-30")
async def test_without_a_terminal_a_plugin_that_must_ask_is_not_run(tmp_path: Path) -> None:
    script = PluginScript(tmp_path / "plugin", ASK)
    with pytest.raises(ConfigurationError, match=r"'Always'.* it is not a terminal") as caught:
        await ExecCredentials(script.settings(interactive_mode="Always")).authenticate()
    assert "exec plugin" in str(caught.value)
    assert script.runs == 0


async def test_one_plugin_asks_at_a_time(tmp_path: Path, terminal: int) -> None:
    with Meeting() as meeting:
        first = PluginScript(tmp_path / "first", f'meet({meeting.port}).recv(1); answer(token="t")')
        second = PluginScript(tmp_path / "second", ASK)
        async with anyio.create_task_group() as group:
            group.start_soon(ExecCredentials(first.settings()).authenticate)
            asking = await meeting.arrival()
            with pytest.raises(ConfigurationError, match="another plugin has it"):
                await ExecCredentials(second.settings(interactive_mode="Always")).authenticate()
            assert token(await ExecCredentials(second.settings()).authenticate()) == "False-False-"
            asking.go_on()
    os.write(terminal, b"free\n")
    source = ExecCredentials(second.settings(interactive_mode="Always"))
    assert token(await source.authenticate()) == "True-True-free"


async def test_a_plugin_at_the_terminal_is_killed_with_its_caller(tmp_path: Path, terminal: int) -> None:
    with Meeting() as meeting:
        script = PluginScript(tmp_path / "plugin", f"meet({meeting.port}); sys.stdin.readline()")
        async with anyio.create_task_group() as group:
            group.start_soon(ExecCredentials(script.settings(interactive_mode="Always")).authenticate)
            plugin = await meeting.arrival()
            group.cancel_scope.cancel()
        assert plugin.was_waited_for()
        await plugin.gone()
