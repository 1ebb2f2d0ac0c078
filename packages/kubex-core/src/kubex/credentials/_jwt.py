"""What can be read in a token without being able to check its signature."""

import base64
import json
import math


def expiry(token: str) -> float | None:
    """Return when a JWT expires, in seconds since 1970; None if it does not say so or is no JWT."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    payload = parts[1] + "=" * (-len(parts[1]) % 4)
    try:
        when = json.loads(base64.urlsafe_b64decode(payload))["exp"]
        return float(when) if isinstance(when, int | float) and math.isfinite(when) else None
    except (ValueError, LookupError, TypeError, OverflowError, RecursionError):
        return None
