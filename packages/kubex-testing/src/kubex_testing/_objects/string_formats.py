"""The string formats in the schemas of CRDs. Unknown formats are ignored, as in kube-apiserver."""

import base64
import binascii
import datetime as dt
import ipaddress
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

_DATE_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_UUID = r"[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?%s[0-9a-fA-F]{3}-?%s[0-9a-fA-F]{3}-?[0-9a-fA-F]{12}"
_HOSTNAME = re.compile(
    r"(?=.{1,255}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
# A duration is valid in the format of Go, or if it contains a number and a unit, which may be a complete word.
_GO_DURATION = re.compile(r"[+-]?(0|(([0-9]{1,18}(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|\u03bcs|ms|s|m|h))+)")
_AMOUNT = re.compile(r"([0-9]+)[\t\n\f\r ]*([A-Za-zµ]+)")
_UNIT = re.compile(r"ns|us|µs|ms|s|m|hr?|d|wk?|(nano|micro|milli|sec|min|hour|day|week).*", re.IGNORECASE)
_LARGEST = str(2**63 - 1)


def _parses(parse: Callable[[str], Any]) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            parse(text)
        except (ValueError, binascii.Error):
            return False
        return True

    return check


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text) is not None


def _date_time(text: str) -> bool:
    match = _DATE_TIME.fullmatch(text)
    return match is not None and _parses(dt.datetime.fromisoformat)(f"{match[1]}T{match[2]}")


def _duration(text: str) -> bool:
    if _GO_DURATION.fullmatch(text):
        return True
    amounts = [(number.lstrip("0"), unit) for number, unit in _AMOUNT.findall(text)]
    fitting = all((len(number), number) <= (len(_LARGEST), _LARGEST) for number, _ in amounts)
    return fitting and any(_UNIT.fullmatch(unit) for _, unit in amounts)


def _uri(text: str) -> bool:
    return bool(urlsplit(text).scheme or text.startswith("/"))


FORMATS: dict[str, Callable[[str], bool]] = {
    "date": lambda text: bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text)) and _parses(dt.date.fromisoformat)(text),
    "date-time": _date_time,
    "datetime": _date_time,
    "duration": _duration,
    "byte": _parses(lambda text: base64.b64decode(text, validate=True)),
    "ipv4": _parses(ipaddress.IPv4Address),
    "ipv6": _parses(ipaddress.IPv6Address),
    "cidr": lambda text: "/" in text and _parses(ipaddress.ip_interface)(text),
    "mac": _matches(r"([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}"),
    "hostname": lambda text: _HOSTNAME.fullmatch(text) is not None,
    "email": _matches(r"[^@\s]+@[^@\s]+"),
    "uri": lambda text: _parses(urlsplit)(text) and _uri(text),
    "uuid": _matches(_UUID % ("[0-9a-fA-F]", "[0-9a-fA-F]")),
    "uuid3": _matches(_UUID % ("3", "[0-9a-fA-F]")),
    "uuid4": _matches(_UUID % ("4", "[89abAB]")),
    "uuid5": _matches(_UUID % ("5", "[89abAB]")),
}
