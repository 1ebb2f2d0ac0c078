"""The build of the documentation: `python3 dev.py docs`."""

import dataclasses
import importlib
import inspect
import re
from collections.abc import Iterator
from typing import Any

from docutils.nodes import Element, TextElement
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

project = "Kubex"
author = "The Kubex authors"
html_title = "Kubex"
html_theme = "furo"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
default_role = "code"  # docstrings quote code by single backticks

nitpicky = True
nitpick_ignore_regex = [
    # The build does not download anything, so names of Python and of other projects cannot be linked.
    (r"py:.*", r"(?!kubex).*"),
    # Private names appear in signatures and as base classes, but do not have a page.
    (r"py:.*", r"kubex\w*\.(\w+\.)*_.*"),
]

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_default_options = {"members": True, "show-inheritance": True}

# These modules re-export names from private modules. A name is documented in the module that users import it from.
PUBLIC = (
    "kubex.models",
    "kubex.models.fields",
    "kubex.models.markers",
    "kubex.errors",
    "kubex.core.params",
    "kubex.patch",
    "kubex.selectors",
    "kubex.transport",
    "kubex.credentials",
    "kubex.configuration",
    "kubex.client",
    "kubex.api",
    "kubex_aiohttp",
    "kubex_httpx",
    "kubex_httpx2",
    "kubex_ops",
    "kubex_ops.errors",
    "kubex_runtime",
    "kubex_runtime.conditions",
    "kubex_runtime.errors",
    "kubex_testing",
    "kubex_testing.embedded",
    "kubex_testing.controlplane",
    "kubex_testing.compliance",
    "kubex_testing.compliance.servers",
    "kubex_codegen",
)

shown_as: dict[str, str] = {}
for name in PUBLIC:
    module = importlib.import_module(name)
    for member in module.__all__:
        value = getattr(module, member)
        if inspect.isclass(value) or inspect.isfunction(value):
            shown_as[f"{value.__module__}.{member}"] = f"{name}.{member}"
            value.__module__ = name
            if "__firstlineno__" in vars(value):  # or Sphinx looks for the line in the file of the other module
                del value.__firstlineno__

FIELD = re.compile(r"(?P<name>[a-z0-9_]+): (?P<text>.*)")


def as_field_list(lines: list[str], names: set[str]) -> Iterator[str]:
    """Turn `option: what it does` lines, continued by indented ones, into fields of reStructuredText."""
    before = ""
    for line in lines:
        match = FIELD.fullmatch(line)
        if match is None or match["name"] not in names:
            yield line
        else:
            if before and not before.startswith(" "):
                yield ""
            yield f":param {match['name']}: {match['text']}"
        before = line if match is None else " "


def process_docstring(_app: Sphinx, _what: str, _name: str, obj: Any, _options: object, lines: list[str]) -> None:
    """Convert the docstrings of dataclasses to reStructuredText."""
    if dataclasses.is_dataclass(obj):
        lines[:] = as_field_list(lines, {field.name for field in dataclasses.fields(obj)})


def convert_examples(_app: Sphinx, _what: str, _name: str, _obj: Any, _options: object, lines: list[str]) -> None:
    """Show the code below `Example:` as a code block. napoleon would parse it as reStructuredText."""
    header = [".. rubric:: Example", "", ".. code-block:: python", ""]
    lines[:] = [new for line in lines for new in (header if line == "Example:" else [line])]


def process_signature(
    _app: Sphinx, _what: str, _name: str, _obj: Any, _options: object, signature: str | None, returns: str | None
) -> tuple[str | None, str | None]:
    """Show `...` for a default that is Ellipsis."""
    return signature and signature.replace("= Ellipsis", "= ..."), returns


def lead_to_public_name(app: Sphinx, env: BuildEnvironment, node: pending_xref, content: TextElement) -> Element | None:
    """Resolve a reference to a private module to the public module that users import the name from."""
    target = shown_as.get(node.get("reftarget", ""))
    if target is None:
        return None
    return env.domains["py"].resolve_xref(env, node["refdoc"], app.builder, "obj", target, node, content)


def setup(app: Sphinx) -> None:
    """Register the hooks."""
    app.connect("autodoc-process-docstring", convert_examples, priority=400)  # before napoleon, which uses 500
    app.connect("autodoc-process-docstring", process_docstring)
    app.connect("autodoc-process-signature", process_signature)
    app.connect("missing-reference", lead_to_public_name)
