"""Remove what differs between two runs from the output of kubectl: names, times, addresses, widths of columns."""

import re

_ID = "[bcdfghjklmnpqrstvwxz2456789]"
_RULES = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"https://127\.0\.0\.1:\d+", "<server>"),
        (r"\beyJ[\w-]+\.[\w-]+\.[\w-]+", "<token>"),
        (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "<uid>"),
        (r"\b(kubex-node|node-1)\b", "<node>"),
        (r"[^ ]*/(LIVE|MERGED)-\d+", r"\1"),
        (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?Z| ?[+-]\d{4})?( UTC)?", "<time>"),
        (r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", "<time>"),
        (r"\b\d{1,3}(\.\d{1,3}){3}\b", "<address>"),
        (r"\b[0-9a-f]+:[0-9a-f:]+::?[0-9a-f]*\b", "<address>"),
        (rf"-{_ID}{{8,10}}-{_ID}{{5}}\b", "-<hash>-<id>"),
        (rf"-{_ID}{{8,10}}\b", "-<hash>"),
        (rf"(hash[=:] *\"?){_ID}{{8,10}}\b", r"\1<hash>"),
        (rf"-{_ID}{{5}}\b", "-<id>"),
        (r"((?:resourceVersion|Resource Version)[\"']?[:=] *[\"']?)\d+", r"\1<version>"),
        (r"\bkubex-testing-admin\b", "admin"),
        (r"<invalid>|\b(\d+[dhms]){1,2}\b", "<age>"),
        (r"127\.0\.0\.1:\d+|:\d{5}\b", ":<port>"),
        (r"-{3,}", "---"),
    )
]


def normalize(output: str, namespace: str) -> list[str]:
    """Return the lines of the output without what differs between two runs."""
    text = output.replace(namespace, "<namespace>")
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    lines = (" ".join(line.split()) for line in text.splitlines())
    return [line for line in lines if line]
