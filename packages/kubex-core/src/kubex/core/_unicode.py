"""Strings that UTF-8 cannot encode."""

LONE_SURROGATE = "contains half of a surrogate pair, which UTF-8 cannot encode"


def has_lone_surrogate(text: str) -> bool:
    """Return whether a string contains half of a surrogate pair, which Python and JSON accept and UTF-8 does not."""
    # Encoding the text and catching UnicodeEncodeError would put it, and it may be a secret, into a traceback.
    return not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text)
