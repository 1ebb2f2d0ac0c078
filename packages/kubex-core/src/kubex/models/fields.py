"""Building blocks for the fields of models: JSON names, `null` for empty values, and values that a repr hides."""

from kubex.models._names import wire_name, wire_names
from kubex.models._values import Hidden, NullAsEmpty, NullAsEmptyDict

__all__ = ["Hidden", "NullAsEmpty", "NullAsEmptyDict", "wire_name", "wire_names"]
