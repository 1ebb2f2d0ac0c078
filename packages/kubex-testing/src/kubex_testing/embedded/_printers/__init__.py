"""The cells of the printer columns of built-in kinds."""

from .cluster import CLUSTER
from .formats import Cell
from .networking import NETWORKING
from .pods import PODS
from .policies import POLICIES
from .storage import STORAGE
from .workloads import WORKLOADS

CELLS: dict[str, dict[str, Cell]] = {**PODS, **WORKLOADS, **NETWORKING, **STORAGE, **CLUSTER, **POLICIES}
"""The functions of the cells by the bucket of the resource and the name of the column, except Name and Age."""
