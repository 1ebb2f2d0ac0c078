"""Label and field selectors, with the error messages of kube-apiserver."""

import re

import pytest

from kubex_testing._objects.field_selectors import parse_field_selector, selectable_fields
from kubex_testing._objects.label_selectors import format_label_selector, match_label_selector, parse_label_selector

LABELS = {
    "c0": {"g": "x", "i": "0"},
    "c1": {"g": "x", "i": "1"},
    "c2": {"g": "x", "i": "2"},
    "c3": {"g": "x", "i": "3"},
    "c9": {},
}
ALL = ["c0", "c1", "c2", "c3", "c9"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ALL),
        ("  ", ALL),
        ("i=1", ["c1"]),
        ("i==1", ["c1"]),
        ("i = 1", ["c1"]),
        ("i!=1", ["c0", "c2", "c3", "c9"]),
        ("i in (1,2)", ["c1", "c2"]),
        ("i in (1, 2), g = x", ["c1", "c2"]),
        ("i notin (1,2)", ["c0", "c3", "c9"]),
        ("!i", ["c9"]),
        ("i", ["c0", "c1", "c2", "c3"]),
        ("i>1", ["c2", "c3"]),
        ("i<1", ["c0"]),
        ("g>1", []),
        ("i,g=x,i!=0", ["c1", "c2", "c3"]),
        ("g=", []),
        ("in in (in,notin)", []),
        ("i in ()", []),
        ("i in (,1)", ["c1"]),
        ("example.com/k notin (a)", ALL),
    ],
)
def test_label_selector_selects_matching_labels(text: str, names: list[str]) -> None:
    matches = parse_label_selector(text)
    assert [name for name, labels in LABELS.items() if matches(labels)] == names


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
        ("=a", "found '=', expected: !, identifier, or 'end of string'"),
        ("a,", "found '', expected: identifier after ','"),
        ("a=b=c", "found '=', expected: ',' or 'end of string'"),
        ("!a=b", "found '=', expected: ',' or 'end of string'"),
        ("!a in (b)", "found 'in', expected: ',' or 'end of string'"),
        ("a in b", "unable to parse requirement: found 'b' expected: '('"),
        ("a in (b c)", "unable to parse requirement: found 'c', expected: ',' or ')'"),
        ("a in (=", "unable to parse requirement: found '=', expected: ',', ')' or identifier"),
        ("a in (b,=", "unable to parse requirement: found '=', expected: ',', or identifier"),
        ("a==(", "unable to parse requirement: found '(', expected: identifier"),
        ("!(", "unable to parse requirement: found '(', expected: identifier"),
        (
            "a>x",
            (
                "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, "
                "the value must be an integer"
            ),
        ),
        (
            "a=_bad_",
            (
                'unable to parse requirement: values[0][a]: Invalid value: "_bad_": a valid label must be an empty '
                "string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
                "alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
                "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
            ),
        ),
    ],
)
def test_invalid_label_selectors_raise(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        parse_label_selector(text)


def test_label_selector_error_names_the_invalid_key() -> None:
    with pytest.raises(ValueError, match=r'unable to parse requirement: <nil>: Invalid value: "_a": name part must'):
        parse_label_selector("_a=1")


@pytest.mark.parametrize(
    ("selector", "text", "labels", "matches"),
    [
        ({}, "", {}, True),
        ({"matchLabels": {"a": "b"}}, "a=b", {"a": "b"}, True),
        ({"matchLabels": {"b": "1", "a": "b"}}, "a=b,b=1", {"a": "b"}, False),
        ({"matchExpressions": [{"key": "a", "operator": "In", "values": ["y", "x"]}]}, "a in (x,y)", {"a": "x"}, True),
        ({"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["x"]}]}, "a notin (x)", {}, True),
        ({"matchExpressions": [{"key": "a", "operator": "Exists"}]}, "a", {"a": ""}, True),
        ({"matchExpressions": [{"key": "a", "operator": "DoesNotExist"}]}, "!a", {"a": ""}, False),
    ],
)
def test_label_selector_objects_are_formatted_and_matched(
    selector: dict[str, object], text: str, labels: dict[str, str], matches: bool
) -> None:
    assert format_label_selector(selector) == text
    assert match_label_selector(selector, labels) is matches


POD = {
    "metadata": {"name": "p", "namespace": "w"},
    "spec": {"nodeName": "n1", "restartPolicy": "Always"},
    "status": {"phase": "Running", "podIPs": [{"ip": "10.0.0.1"}]},
}


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("", True),
        ("metadata.name=p", True),
        ("metadata.name==p,metadata.namespace=w", True),
        ("metadata.name!=p", False),
        ("metadata.name!=q", True),
        ("status.phase=Running,spec.nodeName=n1", True),
        ("spec.hostNetwork=false", True),
        ("spec.hostNetwork=true", False),
        ("status.podIP=10.0.0.1", True),
        ("status.nominatedNodeName=", True),
        (r"metadata.name=p\,q", False),
        ("metadata.name=p,", True),
        ("=", True),
    ],
)
def test_field_selector_selects_matching_objects(text: str, matches: bool) -> None:
    assert parse_field_selector(text, selectable_fields("", "Pod"))(POD) is matches


@pytest.mark.parametrize(
    ("group", "kind", "text", "message"),
    [
        (
            "",
            "ConfigMap",
            "data.k=v",
            '"data.k" is not a known field selector: only "metadata.name", "metadata.namespace"',
        ),
        ("", "Pod", "spec.foo=x", "field label not supported: spec.foo"),
        ("", "ConfigMap", "metadata.name", "invalid selector: 'metadata.name'; can't understand 'metadata.name'"),
        ("", "ConfigMap", "metadata.name=a=b", "invalid field selector: unescaped character in value: 61"),
        ("", "ConfigMap", r"metadata.name=\a", r"invalid field selector: invalid escape sequence: \a"),
        ("", "ConfigMap", "metadata.name=a\\", "invalid field selector: invalid escape sequence: \\"),
    ],
)
def test_invalid_field_selectors_raise(group: str, kind: str, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        parse_field_selector(text, selectable_fields(group, kind))


def test_event_field_selector_reads_source_and_involved_object() -> None:
    event = {
        "metadata": {"name": "ev"},
        "involvedObject": {"kind": "Pod", "name": "a"},
        "reason": "R",
        "type": "Normal",
        "reportingComponent": "kubelet",
        "source": {},
    }
    text = "involvedObject.name=a,involvedObject.kind=Pod,type=Normal,reason=R,source=kubelet"
    assert parse_field_selector(text, selectable_fields("", "Event"))(event)
