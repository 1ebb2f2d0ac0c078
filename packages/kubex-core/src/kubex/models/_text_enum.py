"""Enumerations whose members are also the text that is sent."""

from enum import Enum


class TextEnum(str, Enum):
    """A base of enumerations: a member equals its text and is formatted as it, on every version of Python."""

    __str__ = str.__str__
