"""Selectors of objects by their labels or fields.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors and
https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/.

Example:
    web = (label("app") == "web") & label("tier").not_in("db", "cache") & label("canary").absent()
    pods = Api(Pod, client, namespace="default")
    print(await pods.list(label_selector=web, field_selector=field("status.phase") != "Running"))
"""

from kubex.core._field_requirements import Field, FieldRequirements, field
from kubex.core._label_parser import label_requirements, parse
from kubex.core._label_requirements import Label, LabelRequirements, label
from kubex.core._selector_objects import EVERYTHING
from kubex.core._selectors import FieldSelectorTypes, LabelSelectorTypes

__all__ = [
    "EVERYTHING",
    "Field",
    "FieldRequirements",
    "FieldSelectorTypes",
    "Label",
    "LabelRequirements",
    "LabelSelectorTypes",
    "field",
    "label",
    "label_requirements",
    "parse",
]
