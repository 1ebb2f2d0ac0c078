"""Building blocks for the fields of models: JSON names, `null` for empty values, and values that a repr hides."""

from kubex.models._json_aliases import json_alias, json_aliases
from kubex.models._types import Hidden, NullAsEmpty, NullAsEmptyDict

__all__ = ["Hidden", "NullAsEmpty", "NullAsEmptyDict", "json_alias", "json_aliases"]
