"""Building blocks for the fields of models.

* `json_alias()` and `json_aliases()` translate field names to JSON names.
* `NullAsEmpty` and `NullAsEmptyDict` read `null` as an empty list or dict: `Annotated[list[str], NullAsEmpty]`.
* `Hidden` excludes a field from the `repr` of its object: `Annotated[str, Hidden]`.
"""

from kubex.models._json_aliases import json_alias, json_aliases
from kubex.models._types import Hidden, NullAsEmpty, NullAsEmptyDict

__all__ = ["Hidden", "NullAsEmpty", "NullAsEmptyDict", "json_alias", "json_aliases"]
