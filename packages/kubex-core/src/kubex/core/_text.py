"""What text is."""

NO_UNICODE = "contains half of a surrogate pair, which UTF-8 cannot encode"
"""The problem of a text that cannot be encoded."""


def is_unicode(text: str) -> bool:
    """Tell whether a text can be encoded: halves of characters, which Python and JSON may hold, cannot.

    Trying would leave the text, which may be a secret, in an exception that others print.
    """
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)
