"""Custom resources with all types of fields that a structural schema supports."""

from enum import Enum
from typing import Annotated, Any, Literal

from pydantic import Field

from kubex.models import (
    ApiResource,
    ClusterResource,
    IntOrString,
    Model,
    NamespacedResource,
    ObjectMeta,
    Quantity,
    Time,
)
from kubex.models.fields import json_aliases
from kubex.models.markers import HasScale, HasStatus


class Part(Model, alias_generator=json_aliases(source_url="sourceURL")):
    """A part of a widget."""

    from_: str
    source_url: str | None = None
    tags: list[str] = Field(default_factory=list[str], max_length=5)


class WidgetSpec(Model):
    size: Annotated[int, Field(ge=1, lt=100)]
    replicas: int = 1
    colour: Literal["red", "blue"] = "red"
    name: str | None = Field(default=None, pattern="^[a-z]+$", description="The name of the widget.")
    required_text: str | None
    port: IntOrString | None = None
    limits: dict[str, Quantity] | None = None
    parts: list[Part] | None = None
    by_name: dict[str, Part] | None = None
    since: Time | None = None
    ratio: float | None = None
    on: bool = True
    free: Any = None
    table: dict[str, Any] | None = None
    template: ObjectMeta | None = None


class WidgetStatus(Model):
    replicas: int = 0
    selector: str | None = None
    ready: bool | None = None


class Widget(NamespacedResource, HasStatus, HasScale):
    """A widget."""

    __resource__ = ApiResource(group="models.example.com", version="v1", kind="Widget", plural="widgets")
    spec: WidgetSpec
    status: WidgetStatus | None = None


class OldWidget(NamespacedResource):
    __resource__ = ApiResource(group="models.example.com", version="v1beta1", kind="Widget", plural="widgets")
    spec: dict[str, Any] | None = None


class Gadget(ClusterResource):
    __resource__ = ApiResource(group="models.example.com", version="v1", kind="Gadget", plural="gadgets")
    size: int | None = None


class Grade(Enum):
    BEST = "best"
    SECOND = 2


class Storage(Model):
    schedule: str = "daily"
    class_name: str | None = None
    copies: list[Part] | None = None


class EdgeCaseSpec(Model):
    storage: Storage = Storage(copies=[Part(from_="here")])
    by_name: dict[str, Storage | None] = Field(default={"none": None, "one": Storage()})
    free: dict[str, Any] = Field(default={"kept": None})
    numbers: list[int | None] = Field(default_factory=list[int | None])
    counts: dict[str, int | None] = Field(default_factory=dict[str, int | None])
    mixed_enum: Literal[1, "a"] = 1
    grade: Grade = Grade.BEST
    nullable_enum: Literal["a", None] = None  # noqa: PYI061 - with `|` Pydantic generates another schema
    amount: int | float = 1
    share: Annotated[int, Field(ge=1)] | Annotated[str, Field(pattern="%$")] = 1
    port: str | int = "http"


class EdgeCase(NamespacedResource):
    """A kind with types that need a conversion to a structural schema."""

    __resource__ = ApiResource(group="models.example.com", version="v1", kind="EdgeCase", plural="edgecases")
    spec: EdgeCaseSpec = Field(default_factory=EdgeCaseSpec)
