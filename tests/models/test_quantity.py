"""The functions for quantities: parse, compare, add and format."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from kubex.models import (
    QuantityForm,
    add_quantities,
    canonical_quantity,
    compare_quantities,
    format_quantity,
    parse_quantity,
)

VALUES = {
    "0": "0",
    "1": "1",
    "-1.5": "-1.5",
    "+.5": "0.5",
    "5.": "5",
    "100n": "0.0000001",
    "100u": "0.0001",
    "100m": "0.1",
    "2k": "2000",
    "2M": "2000000",
    "2G": "2000000000",
    "2T": "2000000000000",
    "2P": "2000000000000000",
    "2E": "2000000000000000000",
    "1Ki": "1024",
    "1Mi": "1048576",
    "1Gi": "1073741824",
    "1Ti": "1099511627776",
    "1Pi": "1125899906842624",
    "1Ei": "1152921504606846976",
    "1.5Gi": "1610612736",
    "0.1Ki": "102.4",
    "1e3": "1000",
    "1E3": "1000",
    "12e-1": "1.2",
    "1e+2": "100",
    # This has more digits than the default context of Decimal preserves.
    "1.00000000000000000000000000000000001Ki": "1024.00000000000000000000000000000001024",
}

# The forms in which kube-apiserver 1.37 writes quantities; test_crd_on_servers.py compares them with a real server.
CANONICAL_FORMS = {
    "0": "0",
    "0Ki": "0",
    "1.5": "1500m",
    "0.001": "1m",
    "1000": "1k",
    "1024": "1024",
    "1500": "1500",
    "1000000": "1M",
    "1Ki": "1Ki",
    "1024Ki": "1Mi",
    "1000Ki": "1000Ki",
    "1.5Gi": "1536Mi",
    "0.5Ki": "512",
    "0.1Ki": "102400m",
    "1.1Gi": "1181116006400m",
    "2048": "2048",
    "1e3": "1e3",
    "1e2": "100",
    "12e4": "120e3",
    "5e-1": "500e-3",
    "100n": "100n",
    "0.1n": "1n",
    "1.0000000001": "1000000001n",
    "10E": "10E",
    "100P": "100P",
    "8Ei": "9223372036854775807",
    "1e30": "1e30",
    "1e31": "10e30",
}


@pytest.mark.parametrize("text", VALUES)
def test_parse_quantity_is_exact(text: str) -> None:
    assert parse_quantity(text) == Decimal(VALUES[text])


def test_parse_quantity_accepts_numbers() -> None:
    assert parse_quantity(3) == 3
    assert parse_quantity(0.1) == Decimal("0.1")
    assert parse_quantity(1e-7) == Decimal("1e-7")
    assert parse_quantity(Decimal("0.30")) == Decimal("0.3")


@pytest.mark.parametrize(
    "text", ["", " 1", "1 ", "Ki", "1ki", "1K", "1e", "1e3.5", "1.2.3", "--1", "1mm", "NaN", "inf", "1\n", "٣"]
)
def test_invalid_quantity_raises_and_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="expected a number with a suffix") as caught:
        parse_quantity(text)
    assert repr(text) in str(caught.value)


def test_too_large_quantities_and_booleans_raise() -> None:
    for text in ("1e999999999999", f"0.{'1' * 2000}", True):
        with pytest.raises(ValueError, match="quantity"):
            parse_quantity(text)


@pytest.mark.parametrize(
    ("first", "second", "expected"), [("1", "1000m", 0), ("1Ki", "1k", 1), ("-1", "1n", -1), (1, "1.0", 0)]
)
def test_compare_quantities_compares_values(first: str, second: str, expected: int) -> None:
    assert compare_quantities(first, second) == expected
    assert compare_quantities(second, first) == -expected


def test_sum_is_exact_and_has_the_form_of_the_first_quantity() -> None:
    assert add_quantities("0.1", "0.2") == "300m"
    assert add_quantities("512Mi", "0.5Gi") == "1Gi"
    assert add_quantities("1Gi", "1G") == "2073741824"
    assert add_quantities("0", "1Mi", "1Mi") == "2Mi"
    assert add_quantities("1e3", "1k") == "2e3"
    assert add_quantities("1Gi", "-1Gi") == "0"
    assert add_quantities() == "0"


@pytest.mark.parametrize("line", (Path(__file__).parent / "quantity_sums.txt").read_text().splitlines())
def test_sum_equals_the_sum_of_kubernetes(line: str) -> None:
    quantities, _, expected = line.partition(" = ")
    assert add_quantities(*quantities.split()) == expected


def test_sum_may_have_many_digits_up_to_a_limit() -> None:
    assert Fraction(parse_quantity(add_quantities("0.000000001", "1e500"))) == 10**500 + Fraction(1, 10**9)
    with pytest.raises(ValueError, match="the quantity has too many digits"):
        add_quantities("1", "1e2000")


@pytest.mark.parametrize("text", CANONICAL_FORMS)
def test_canonical_form_equals_the_form_of_kubernetes(text: str) -> None:
    assert canonical_quantity(text) == CANONICAL_FORMS[text]
    assert canonical_quantity(CANONICAL_FORMS[text]) == CANONICAL_FORMS[text]
    if CANONICAL_FORMS[text] != "0":
        assert canonical_quantity(f"-{text}") == f"-{CANONICAL_FORMS[text]}"


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        (1536 * 1024, "binary", "1536Ki"),
        (1000, "binary", "1k"),
        (2000, "decimal", "2k"),
        (Fraction(1, 3), "decimal", "333333334n"),
        (Fraction(-1, 3), "decimal", "-333333334n"),
        (Decimal("0.25"), "exponent", "250e-3"),
    ],
)
def test_format_quantity_uses_the_requested_form(
    value: int | Decimal | Fraction, form: QuantityForm, expected: str
) -> None:
    assert format_quantity(value, form) == expected
