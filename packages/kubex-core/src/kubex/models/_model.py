"""The base class and the configuration of all models."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, get_args

from pydantic import VERSION, BaseModel, ConfigDict
from pydantic_core import to_json
from typing_extensions import Self

from kubex.models._json_aliases import json_alias
from kubex.models._nulls import dump_with_nulls, mark_all_cleared, mark_cleared
from kubex.models._unknown_fields import reject_unknown_fields

# Pydantic before 2.14 cannot serialize an object inside another one before the schema of its class is built. So with
# these versions, a class is built after all classes that it uses.
BUILD_DEPENDENCIES_FIRST = tuple(map(int, VERSION.split(".")[:2])) < (2, 14)

# The classes that model_rebuild() is building. Classes of different modules can use each other, and this ends the
# recursion.
_rebuilding: set[type[BaseModel]] = set()


class _ReprPlaceholder:
    """Replaces a value in a `repr`: a field that is not decoded yet, or a reference of an object to itself."""

    def __repr__(self) -> str:
        return "..."


REPR_PLACEHOLDER = _ReprPlaceholder()


class Model(BaseModel):
    """The base class of Kubernetes structures: snake_case attributes, camelCase JSON, unknown fields are preserved.

    The constructor and `model_validate()` accept both names of a field. The constructor raises TypeError for a field
    that the class does not declare; `model_validate()` preserves it. The schema of a class is built when it is first
    used, so imports are fast.

    Example:
        class BackupSpec(Model):
            schedule: str
            keep_last: int = 7  # keepLast in JSON

        assert BackupSpec(schedule="@daily").model_dump(by_alias=True) == {"schedule": "@daily", "keepLast": 7}
    """

    model_config = ConfigDict(
        alias_generator=json_alias,
        validate_by_name=True,
        validate_by_alias=True,
        # True would also defer a TypeAdapter of the class, for which Pydantic tests `is True`. FastAPI hides a warning
        # while it creates adapters; a deferred adapter would emit it later.
        defer_build=1,  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]
        extra="allow",
        hide_input_in_errors=True,
    )

    _declares_all_fields: ClassVar[bool] = True
    """Whether undeclared fields are an exception, for example from a newer server. False for dynamic resources."""

    if not TYPE_CHECKING:  # type checkers derive the parameters from the fields

        def __init__(self, /, **fields: Any) -> None:
            reject_unknown_fields(type(self), fields)
            super().__init__(**fields)
            if any(value is None for value in fields.values()):
                mark_all_cleared(self)

        # With this mark, Pydantic does not call the constructor for data that it validates, so unknown fields in data
        # are preserved and its nulls are not marked as cleared.
        __init__.__pydantic_base_init__ = True

        def __setattr__(self, name: str, value: Any) -> None:
            super().__setattr__(name, value)
            if value is None:
                mark_cleared(self.model_fields_set, (name,))

    @classmethod
    def model_construct(cls, _fields_set: set[str] | None = None, **values: Any) -> Self:
        """Create an object without validation. Fields that are None are not sent."""
        created = super().model_construct(_fields_set, **values)
        mark_all_cleared(created)
        return created

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy. Fields that are None in `update` are not sent."""
        copied = super().model_copy(update=update, deep=deep)
        mark_cleared(copied.model_fields_set, [name for name, value in (update or {}).items() if value is None])
        return copied

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        for name in cls.__pydantic_fields__:
            # Pydantic uses an attribute of the metaclass, such as `mro`, as the default of the field.
            if hasattr(type(cls), name):  # pyright: ignore[reportUnknownArgumentType]
                raise TypeError(
                    f"{cls.__name__}.{name} hides an attribute of all classes: rename the field to {name}_, which has "
                    f"the JSON name {name}"
                )
        if any(field.deprecated for field in cls.__pydantic_fields__.values()):
            # Pydantic adds the descriptors that warn about deprecated fields when it builds the schema.
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
        """Build the schema of the class, after the schemas of the classes that it uses from other modules.

        Pydantic calls this when a deferred class is first used.
        """
        # All users of a class share its complete schema. An incomplete schema would be built again inside of each user.
        if not cls.__pydantic_complete__ and cls not in _rebuilding:
            _rebuilding.add(cls)
            try:
                for dependency in _incomplete_dependencies(cls):
                    dependency.model_rebuild(raise_errors=False, _types_namespace={})
            finally:
                _rebuilding.discard(cls)
        return super().model_rebuild(
            force=force,
            raise_errors=raise_errors,
            _parent_namespace_depth=_parent_namespace_depth + 1,
            _types_namespace=_types_namespace,
        )

    def to_json(self) -> bytes:
        """Return the JSON that Kubex sends to the API server, which is `to_dict()` as UTF-8."""
        return to_json(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form as plain Python values. The keys are the JSON names of the fields.

        A field that the program set to None is omitted, unless it is required. A field that was received as null is
        None.
        """
        return dump_with_nulls(self)

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Yield the names and values for the `repr`: the fields that are set, and computed fields."""
        declared = type(self).__pydantic_fields__
        for name, value in vars(self).items():
            if (
                name in declared
                and declared[name].repr
                and appears_in_repr(value, is_set=name in self.model_fields_set)
            ):
                yield name, REPR_PLACEHOLDER if value is self else value
        yield from (self.model_extra or {}).items()
        computed = type(self).__pydantic_computed_fields__.items()
        yield from ((name, getattr(self, name)) for name, field in computed if field.repr)


def appears_in_repr(value: object, *, is_set: bool) -> bool:
    """Return whether a `repr` shows a field: if it is set, or if its default value was changed in place."""
    if is_set:
        return True
    if isinstance(value, Model):
        return bool(value.model_fields_set)
    return isinstance(value, list | dict) and value not in ([], {})


def _incomplete_dependencies(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Yield the models without a schema that must be built before a model.

    With Pydantic 2.14, these are only the models of other modules: those of its own module are built with it.
    """
    seen: set[type[BaseModel]] = {model}
    pending: list[Any] = [field.annotation for field in model.__pydantic_fields__.values()]
    while pending:
        annotation = pending.pop()
        if not isinstance(annotation, type) or not issubclass(annotation, Model):
            pending += get_args(annotation)
        elif annotation not in seen:
            seen.add(annotation)
            if annotation.__module__ == model.__module__ and not BUILD_DEPENDENCIES_FIRST:
                pending += [field.annotation for field in annotation.__pydantic_fields__.values()]
            elif not annotation.__pydantic_complete__:
                yield annotation
