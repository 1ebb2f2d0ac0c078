"""Names, labels, annotations and finalizers."""

import random

import pytest

from kubex_testing._objects import names
from kubex_testing._objects.names import SUFFIX_ALPHABET, expand_generate_name

SUBDOMAIN = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)


def test_invalid_name_uses_the_message_of_kube_apiserver() -> None:
    (cause,) = names.validate_dns1123_subdomain("Bad_Name")
    assert cause.to_dict() == {
        "reason": "FieldValueInvalid",
        "message": f'Invalid value: "Bad_Name": {SUBDOMAIN}',
        "field": "metadata.name",
    }


@pytest.mark.parametrize(
    ("name", "subdomain", "label", "label_1035"),
    [
        ("a", True, True, True),
        ("a-b", True, True, True),
        ("1a", True, True, False),
        ("a.b", True, False, False),
        ("a..b", False, False, False),
        ("-a", False, False, False),
        ("a-", False, False, False),
        ("A", False, False, False),
        ("", False, False, False),
        ("a" * 63, True, True, True),
        ("a" * 64, True, False, False),
        ("a" * 254, False, False, False),
        ("a\n", False, False, False),
    ],
)
def test_dns_names_are_validated(name: str, subdomain: bool, label: bool, label_1035: bool) -> None:
    assert bool(names.validate_dns1123_subdomain(name)) is not subdomain
    assert bool(names.validate_dns1123_label(name)) is not label
    assert bool(names.dns1035_label_problems(name)) is not label_1035


@pytest.mark.parametrize(
    ("key", "valid"),
    [
        ("app", True),
        ("app.kubernetes.io/name", True),
        ("A_b.c-d", True),
        ("/a", False),
        ("a/", False),
        ("a/b/c", False),
        ("Upper.io/a", False),
        ("-a", False),
        ("a" * 63, True),
        ("a" * 64, False),
    ],
)
def test_qualified_names_are_validated(key: str, valid: bool) -> None:
    assert bool(names.qualified_name_problems(key)) is not valid


@pytest.mark.parametrize(
    ("labels", "count"), [({"a": "b"}, 0), ({"a": ""}, 0), ({"a": "b c"}, 1), ({"a b": "_"}, 2), ({"a": "x" * 64}, 1)]
)
def test_labels_are_validated(labels: dict[str, str], count: int) -> None:
    found = names.validate_labels(labels)
    assert [(cause.reason, cause.field) for cause in found] == [("FieldValueInvalid", "metadata.labels")] * count


def test_annotations_allow_upper_case_domains_and_256_kib() -> None:
    assert not names.validate_annotations({"Example.com/Key": "x" * (256 * 1024 - 15)})
    (cause,) = names.validate_annotations({"Example.com/Key": "x" * (256 * 1024 - 14)})
    assert (cause.reason, cause.field) == ("FieldValueTooLong", "metadata.annotations")
    assert cause.message == "Too long: may not be more than 262144 bytes"


@pytest.mark.parametrize(
    ("finalizer", "valid"),
    [("example.com/x", True), ("orphan", True), ("nodomain", True), ("a b", False), ("a/b/c", False), ("", False)],
)
def test_finalizers_are_validated(finalizer: str, valid: bool) -> None:
    causes = names.validate_finalizers([finalizer], "metadata.finalizers")
    assert {cause.field for cause in causes} == (set() if valid else {"metadata.finalizers"})


@pytest.mark.parametrize(
    ("finalizer", "valid"),
    [("example.com/x", True), ("orphan", True), ("foregroundDeletion", True), ("nodomain", False)],
)
def test_finalizers_require_a_domain_or_a_standard_name(finalizer: str, valid: bool) -> None:
    assert bool(names.validate_finalizer_domain(finalizer, "metadata.finalizers[0]")) is not valid


def test_unqualified_finalizer_uses_the_message_of_kube_apiserver() -> None:
    (cause,) = names.validate_finalizer_domain("nodomain", "metadata.finalizers[0]")
    assert cause.message == (
        'Invalid value: "nodomain": name is neither a standard finalizer name nor is it fully qualified'
    )


@pytest.mark.parametrize(
    ("key", "valid"),
    [("a", True), ("A_b.c-d", True), (".", False), ("..", False), ("..a", False), ("a/b", False), ("", False)],
)
def test_config_keys_are_validated(key: str, valid: bool) -> None:
    assert bool(names.config_key_problems(key)) is not valid


class MiddleRandom(random.SystemRandom):
    """Selects the middle item."""

    def random(self) -> float:
        return 0.5


@pytest.mark.parametrize(
    ("name", "problems"),
    [
        ("http", []),
        ("0", ["must contain at least one letter (a-z)"]),
        ("a--b", ["must not contain consecutive hyphens"]),
        ("-a", ["must not begin or end with a hyphen"]),
        ("a" * 16, ["must be no more than 15 characters"]),
        ("a_", ["must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"]),
    ],
)
def test_port_names_are_validated(name: str, problems: list[str]) -> None:
    assert names.port_name_problems(name) == problems


def test_dns_label_with_dots_has_a_separate_message() -> None:
    assert names.dns1123_label_problems("a.b") == ["must not contain dots"]


@pytest.mark.parametrize(("base", "kept"), [("gen-", "gen-"), ("g" * 250, "g" * 58)])
def test_generated_names_keep_58_characters_and_add_5(base: str, kept: str) -> None:
    name = expand_generate_name(base, random.SystemRandom())
    assert name.startswith(kept)
    assert len(name) == len(kept) + 5
    assert set(name[-5:]) <= set(SUFFIX_ALPHABET)


def test_generated_names_use_the_passed_random_generator() -> None:
    assert expand_generate_name("a-", MiddleRandom()) == "a-" + SUFFIX_ALPHABET[len(SUFFIX_ALPHABET) // 2] * 5
