"""The configuration that all models share."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, get_args

from pydantic import VERSION, BaseModel, ConfigDict
from pydantic_core import to_json
from typing_extensions import Self

from kubex.models._json_aliases import json_alias
from kubex.models._nulls import clear, clear_all, dump_with_nulls
from kubex.models._unknown_fields import refuse_unknown

# Older versions cannot write an object inside another one while the schema of its own class is not built.
BUILT_FIRST = tuple(map(int, VERSION.split(".")[:2])) < (2, 14)

# Modules may use each other in a circle; who is in here waits for its parts already.
_rebuilding: set[type[BaseModel]] = set()


class _NotShown:
    """Stands in a `repr` for a value that is not decoded, or that is the object itself."""

    def __repr__(self) -> str:
        return "..."


NOT_SHOWN = _NotShown()


class Model(BaseModel):
    """A Kubernetes structure: snake_case attributes, camelCase JSON, unknown fields kept.

    Fields may be given by either name. The constructor raises TypeError for a field that the class does not declare;
    `model_validate()` keeps it. Schemas are built on first use, which keeps imports cheap.
    """

    model_config = ConfigDict(
        alias_generator=json_alias,
        validate_by_name=True,
        validate_by_alias=True,
        # Not True, which would defer also a TypeAdapter of the class. FastAPI hides a warning only while it makes one.
        defer_build=1,  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]
        extra="allow",
        hide_input_in_errors=True,
    )

    _declares_all_fields: ClassVar[bool] = True
    """Whether objects have undeclared fields only by exception, as after an upgrade of the server."""

    if not TYPE_CHECKING:  # type checkers know the arguments from the fields

        def __init__(self, /, **fields: Any) -> None:
            refuse_unknown(type(self), fields)
            super().__init__(**fields)
            if any(value is None for value in fields.values()):
                clear_all(self)

        # Pydantic does not call this one for objects that it reads.
        __init__.__pydantic_base_init__ = True

        def __setattr__(self, name: str, value: Any) -> None:
            super().__setattr__(name, value)
            if value is None:
                clear(self.model_fields_set, (name,))

    @classmethod
    def model_construct(cls, _fields_set: set[str] | None = None, **values: Any) -> Self:
        """Make an object without validation; a field that is None is not sent."""
        made = super().model_construct(_fields_set, **values)
        clear_all(made)
        return made

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy; a field that is None in `update` is not sent."""
        copied = super().model_copy(update=update, deep=deep)
        clear(copied.model_fields_set, [name for name, value in (update or {}).items() if value is None])
        return copied

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        for name in cls.__pydantic_fields__:
            # Pydantic takes an attribute of the metaclass for the default of the field.
            if hasattr(type(cls), name):  # pyright: ignore[reportUnknownArgumentType]
                raise TypeError(
                    f"{cls.__name__}.{name} hides an attribute that every class has; call the field {name}_, which has "
                    f"the JSON name {name}"
                )
        if any(field.deprecated for field in cls.__pydantic_fields__.values()):
            # Such fields warn only after Pydantic has built the schema, so it is not deferred here.
            cls.model_rebuild(raise_errors=False)

    @classmethod
    def model_rebuild(
        cls,
        *,
        force: bool = False,
        raise_errors: bool = True,
        _parent_namespace_depth: int = 2,
        _types_namespace: Any = None,
    ) -> bool | None:
        """Build the schema, after those of what the class uses from other modules.

        A schema that is complete is shared by all that use it; one that is not is built again inside each of them.
        Pydantic calls this when a deferred class is first used.
        """
        if not cls.__pydantic_complete__ and cls not in _rebuilding:
            _rebuilding.add(cls)
            try:
                for part in _parts_to_build(cls):
                    part.model_rebuild(raise_errors=False, _types_namespace={})
            finally:
                _rebuilding.discard(cls)
        return super().model_rebuild(
            force=force,
            raise_errors=raise_errors,
            _parent_namespace_depth=_parent_namespace_depth + 1,
            _types_namespace=_types_namespace,
        )

    def to_json(self) -> bytes:
        """Encode as the API server expects: as `to_dict()`, in JSON."""
        return to_json(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form as plain Python values, with the names of JSON.

        A field that the program set to None is left out. One that was read from null is null.
        """
        return dump_with_nulls(self)

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Iterate over what a `repr` shows: the fields that are set."""
        declared = type(self).__pydantic_fields__
        for name, value in vars(self).items():
            if name in declared and declared[name].repr and is_shown(value, is_set=name in self.model_fields_set):
                yield name, NOT_SHOWN if value is self else value
        yield from (self.model_extra or {}).items()
        computed = type(self).__pydantic_computed_fields__.items()
        yield from ((name, getattr(self, name)) for name, field in computed if field.repr)


def is_shown(value: object, *, is_set: bool) -> bool:
    """Return whether a `repr` shows a field: if it is set, or if its default was changed in place."""
    if is_set:
        return True
    if isinstance(value, Model):
        return bool(value.model_fields_set)
    return isinstance(value, list | dict) and value not in ([], {})


def _parts_to_build(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Iterate over the models to be built before a model; those of its own module come with it, on newer versions."""
    seen: set[type[BaseModel]] = {model}
    waiting: list[Any] = [field.annotation for field in model.__pydantic_fields__.values()]
    while waiting:
        part = waiting.pop()
        if not isinstance(part, type) or not issubclass(part, Model):
            waiting += get_args(part)
        elif part not in seen:
            seen.add(part)
            if part.__module__ == model.__module__ and not BUILT_FIRST:
                waiting += [field.annotation for field in part.__pydantic_fields__.values()]
            elif not part.__pydantic_complete__:
                yield part
