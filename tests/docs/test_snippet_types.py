"""pyright accepts the Python blocks of all pages, and the examples of docstrings."""

from pathlib import Path

import pytest

from docs.blocks import PAGES, ROOT, blocks, page_name
from docs.snippet_types import check_types, write_at_its_lines, write_docstrings, write_page
from docs.test_docstrings import EXAMPLES, MODULES_IN_SCOPE

PAGES_WITH_CODE = [page for page in PAGES if any(blocks(page, "python"))]
TUTORIAL = ROOT / "docs" / "plugins" / "tutorial.md"
# The same names as `names_in_examples()` of test_docstrings.py.
NAMES_IN_SCOPE = "\n".join(
    [
        "from contextlib import contextmanager as contextmanager",
        "from typing import TYPE_CHECKING as TYPE_CHECKING",
        "import anyio as anyio",
        "import pytest as pytest",
        "from kubex_k8s.v1_37.apps.v1 import Deployment",
        "from kubex_k8s.v1_37.authorization.v1 import ResourceAttributes as ResourceAttributes",
        "from kubex_k8s.v1_37.authorization.v1 import SelfSubjectAccessReview as SelfSubjectAccessReview",
        "from kubex_k8s.v1_37.authorization.v1 import SelfSubjectAccessReviewSpec as SelfSubjectAccessReviewSpec",
        "from kubex_k8s.v1_37.core.v1 import ConfigMap as ConfigMap, Pod as Pod, ServiceAccount",
        "from kubex_k8s.v1_37.meta.v1 import LabelSelector as LabelSelector",
        *(f"from {module.__name__} import *" for module in MODULES_IN_SCOPE),
        "config_maps: Api[ConfigMap]",
        "deployments: Api[Deployment]",
        "discovery: Discovery",
        "informer: Informer[Pod]",
        "pods: Api[Pod]",
        "server: EmbeddedServer",
        "service_accounts: Api[ServiceAccount]",
    ]
)


@pytest.mark.timeout(300)  # the first run of pyright unpacks it
def test_pyright_accepts_all_code(tmp_path: Path) -> None:
    sources = write_docstrings(EXAMPLES, NAMES_IN_SCOPE, tmp_path / "docstrings")
    for number, page in enumerate(PAGES_WITH_CODE):
        sources |= dict.fromkeys(write_page(page, tmp_path / f"page_{number}"), page_name(page))
    assert len(sources) > 100
    # The tutorial writes this package, and other pages import it.
    write_at_its_lines(tmp_path / "kubex_short" / "_transport.py", blocks(TUTORIAL, "python"))
    errors = check_types(tmp_path, sources)
    assert not errors, "\n".join(errors)


def test_error_is_reported_with_its_page_and_line(tmp_path: Path) -> None:
    code = "# Title\n\n```python\nawait client.version()\n```\n\n```python\n# test_a.py\nclient.unknown()\n```\n"
    (page := tmp_path / "page.md").write_text(code, encoding="utf-8")
    sources = dict.fromkeys(write_page(page, tmp_path / "page"), "page.md")
    assert check_types(tmp_path, sources) == [
        'page.md:9: Cannot access attribute "unknown" for class "Client"\n\xa0\xa0Attribute "unknown" is unknown'
    ]
