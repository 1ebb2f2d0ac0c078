"""The configuration that all models share."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from kubex.models._names import wire_name


class Model(BaseModel):
    """A Kubernetes structure: snake_case attributes, camelCase JSON, unknown fields kept.

    Fields may be given by either name. Schemas are built on first use, which keeps imports cheap.
    """

    model_config = ConfigDict(
        alias_generator=wire_name,
        validate_by_name=True,
        validate_by_alias=True,
        defer_build=True,
        extra="allow",
        hide_input_in_errors=True,
    )

    def to_json(self) -> bytes:
        """Encode as the API server expects: wire names, nothing that is None."""
        return self.__pydantic_serializer__.to_json(self, by_alias=True, exclude_none=True)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form as plain Python values: wire names, nothing that is None."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)
