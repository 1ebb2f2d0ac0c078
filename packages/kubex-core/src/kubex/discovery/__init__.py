"""Find the kinds of a server by their names: `Discovery`, `Kinds`, `KindInfo`."""

from kubex.discovery._discovery import Discovery
from kubex.discovery._kind_info import KindInfo
from kubex.discovery._kinds import Kinds

__all__ = ["Discovery", "KindInfo", "Kinds"]
