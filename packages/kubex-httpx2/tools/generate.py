"""Generate the modules of kubex-httpx2 from the modules of kubex-httpx, by replacing words.

    uv run python packages/kubex-httpx2/tools/generate.py

httpx2 and httpcore2 have the interfaces of httpx and httpcore, and `httpx2.websockets` has the interface of httpx-ws.
Change the code in kubex-httpx, then run this script.
"""

from pathlib import Path

PACKAGES = Path(__file__).resolve().parents[2]
SOURCE = PACKAGES / "kubex-httpx" / "src" / "kubex_httpx"
TARGET = PACKAGES / "kubex-httpx2" / "src" / "kubex_httpx2"

HEADER = "# Generated from kubex-httpx by packages/kubex-httpx2/tools/generate.py. Change it there.\n"

# Applied in this order. The first rows are the differences between the libraries.
REPLACEMENTS = (
    ("priority=100", "priority=150"),
    ('find_spec("httpx_ws")', 'find_spec("wsproto")'),
    ("httpx-ws>=0.9,<0.10", "httpx-ws>=2.14,<3"),
    ("httpx-ws", "httpx"),
    ("httpx_ws", "httpx.websockets"),
    ("httpcore", "httpcore2"),
    ("httpx", "httpx2"),
    ("Httpx", "Httpx2"),
)


def generate() -> dict[str, str]:
    """Return the text of each module by its file name."""
    modules: dict[str, str] = {}
    for path in sorted(SOURCE.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        for old, new in REPLACEMENTS:
            text = text.replace(old, new)
        modules[path.name] = HEADER + text
    return modules


def main() -> None:
    """Write the modules, and remove those that are not generated any more."""
    modules = generate()
    for path in TARGET.glob("*.py"):
        if path.name not in modules:
            path.unlink()
    for name, text in modules.items():
        (TARGET / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
