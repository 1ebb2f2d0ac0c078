"""The build of the documentation: `python3 dev.py docs`."""

import dataclasses
import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from importlib.metadata import version as version_of
from typing import Any

from docutils import nodes
from docutils.nodes import Element, TextElement
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.logging import getLogger

logger = getLogger(__name__)

project = "Kubex"
author = "The Kubex authors"
release = version_of("kubex-core")
html_title = "Kubex"
html_theme = "furo"
html_theme_options = {"top_of_page_buttons": []}
html_context = {"repository_url": "https://kubex.example/source"}
html_copy_source = False
html_css_files = ["kubex.css"]
html_favicon = "_static/favicon.svg"
html_js_files = ["kubex.js"]
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/project.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
html_static_path = ["_static"]
templates_path = ["_templates"]
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["attrs_inline", "colon_fence", "substitution"]
myst_substitutions = {"release": release}
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
autodoc_default_options = {"exclude-members": "model_config", "members": True, "show-inheritance": True}
add_module_names = False
maximum_signature_line_length = 88
# Signatures show the names of these aliases.
autodoc_type_aliases = {
    name: f"{module}.{name}"
    for module, names in {
        "kubex.core.params": (
            "DecodeMode",
            "FieldValidationTypes",
            "NamespaceTypes",
            "PropagationPolicyTypes",
            "ResourceVersionMatchTypes",
            "TimeoutTypes",
        ),
        "kubex.patch": ("Patch",),
        "kubex.selectors": ("FieldSelectorTypes", "LabelSelectorTypes"),
    }.items()
    for name in names
}

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
    "kubex.streaming",
    "kubex.discovery",
    "kubex.manifests",
    "kubex.core.yaml",
    "kubex.lazy_import",
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


def docstrings_of_data() -> dict[str, list[str]]:
    """Return the docstrings of the constants and type aliases in private modules."""
    docstrings: dict[str, list[str]] = {}
    for name, module in sorted(sys.modules.items()):
        if name.startswith("kubex") and not name.startswith("kubex_k8s") and getattr(module, "__file__", None):
            for (scope, member), lines in ModuleAnalyzer.for_module(name).find_attr_docs().items():
                if not scope:
                    docstrings[member] = lines
    return docstrings


modules = {name: importlib.import_module(name) for name in PUBLIC}
# Some modules import a name when it is first used. autodoc finds only names that the module contains.
for module in modules.values():
    for member in module.__all__:
        setattr(module, member, getattr(module, member))
docstrings = docstrings_of_data()

shown_as: dict[str, str] = {}
for name, module in modules.items():
    analyzer = ModuleAnalyzer.for_module(name)
    analyzer.find_attr_docs()
    for member in module.__all__:
        value = getattr(module, member)
        if not (inspect.isclass(value) or inspect.isfunction(value)) and member in docstrings:
            analyzer.attr_docs.setdefault(("", member), docstrings[member])
        if inspect.isclass(value) and value.__module__ in sys.modules:
            for (scope, attribute), lines in ModuleAnalyzer.for_module(value.__module__).find_attr_docs().items():
                if scope == member:
                    analyzer.attr_docs[scope, attribute] = lines
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


def hide_colon(_app: Sphinx, what: str, _name: str, _obj: Any, _options: object, lines: list[str]) -> None:
    """Hide the colons of attributes from napoleon, which would read the text before a colon as a type."""
    if what in ("attribute", "data", "property"):
        lines[:] = [line.replace(":", "\ue000") for line in lines]


def show_colon(_app: Sphinx, what: str, _name: str, _obj: Any, _options: object, lines: list[str]) -> None:
    """Restore the colons after napoleon."""
    if what in ("attribute", "data", "property"):
        lines[:] = [line.replace("\ue000", ":") for line in lines]


def convert_examples(_app: Sphinx, _what: str, _name: str, _obj: Any, _options: object, lines: list[str]) -> None:
    """Show the code below `Example:` as a code block. napoleon would parse it as reStructuredText."""
    header = [".. rubric:: Example", "", ".. code-block:: python", ""]
    lines[:] = [new for line in lines for new in (header if line == "Example:" else [line])]


def process_signature(
    _app: Sphinx, _what: str, _name: str, _obj: Any, _options: object, signature: str | None, returns: str | None
) -> tuple[str | None, str | None]:
    """Show `...` for a default that is Ellipsis, and types without their modules."""
    return signature and short_types(signature.replace("= Ellipsis", "= ...")), returns and short_types(returns)


def short_types(signature: str) -> str:
    """Let Sphinx show only the last part of the names of types, which `~` means."""
    names = re.sub(r"TypeAliasForwardRef\('([\w.]+)'\)", r"\1", signature)
    return re.sub(r"(?<![\w.~'\"])(kubex\w*(?:\.\w+)+)", r"~\1", names)


def simplify(_app: Sphinx, document: nodes.document) -> None:
    """Show `...` in the signatures of overloads, and hide the base `object`."""
    for paragraph in list(document.findall(nodes.paragraph)):
        if paragraph.astext() == "Bases: object" and paragraph.parent is not None:
            paragraph.parent.remove(paragraph)
    for node in document.findall(nodes.inline):
        if "default_value" in node["classes"] and node.astext() == "Ellipsis":
            node.children = [nodes.Text("...")]


def lead_to_public_name(app: Sphinx, env: BuildEnvironment, node: pending_xref, content: TextElement) -> Element | None:
    """Resolve a reference to a private module to the public module that users import the name from."""
    target = shown_as.get(node.get("reftarget", ""))
    if target is None:
        return None
    return env.domains["py"].resolve_xref(env, node["refdoc"], app.builder, "obj", target, node, content)


def check_public_names(_app: Sphinx, env: BuildEnvironment) -> None:
    """Warn about each public name that the reference does not contain."""
    documented = env.domains["py"].objects
    for module in PUBLIC:
        for name in importlib.import_module(module).__all__:
            if f"{module}.{name}" not in documented:
                logger.warning("docs/api does not contain %s.%s", module, name)


def setup(app: Sphinx) -> None:
    """Register the hooks."""
    app.connect("autodoc-process-docstring", convert_examples, priority=400)  # before napoleon, which uses 500
    app.connect("autodoc-process-docstring", hide_colon, priority=450)
    app.connect("autodoc-process-docstring", process_docstring)
    app.connect("autodoc-process-docstring", show_colon, priority=600)
    app.connect("autodoc-process-signature", process_signature)
    app.connect("doctree-read", simplify)
    app.connect("env-check-consistency", check_public_names)
    app.connect("missing-reference", lead_to_public_name)
