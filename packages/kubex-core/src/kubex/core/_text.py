"""What text is."""

NO_UNICODE = "holds half of a surrogate pair, which is no text"
"""What is wrong with a text that is none."""


def is_unicode(text: str) -> bool:
    """Tell whether a text can be encoded: halves of characters, which Python and JSON may hold, cannot.

    Trying would leave the text, which may be a secret, in an exception that others print.
    """
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)
