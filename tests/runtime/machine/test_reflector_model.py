"""The reflector against a model of a server that misbehaves, and wrong reflectors, which the model must find.

`python tests/runtime/machine/reflector_model.py 100000` runs more sequences.
"""

import pytest

from kubex_runtime._machine.reflector import Reflector
from runtime.machine.faulty_reflectors import FAULTY
from runtime.machine.reflector_model import Run

SEQUENCES = 1500


def run_all(faulty: type[Reflector]) -> None:
    for seed in range(SEQUENCES):
        Run(seed, faulty).check()


@pytest.mark.parametrize("part", range(4))
def test_reflector_reaches_the_state_of_a_server_that_misbehaves(part: int) -> None:
    for seed in range(part, SEQUENCES, 4):
        Run(seed).check()


@pytest.mark.parametrize("faulty", FAULTY, ids=lambda faulty: faulty.__name__)
def test_model_finds_a_wrong_rule(faulty: type[Reflector]) -> None:
    with pytest.raises(AssertionError):
        run_all(faulty)
