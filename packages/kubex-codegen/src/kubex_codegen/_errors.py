"""What the generator raises."""


class CodegenError(Exception):
    """The input cannot be turned into models; the message names it and the remedy."""
