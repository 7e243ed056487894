"""Passwords of people who work for a company or for the operator, kept as Argon2id (RFC 9106) hashes.

Both functions are slow on purpose, some tens of milliseconds and 64 MiB: call them in a thread, few at a time.
"""

import functools

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

PASSWORD_CHARS_MIN = 8
PASSWORD_CHARS_MAX = 200

_HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """The hash to keep of a password of 8 to 200 characters."""
    assert PASSWORD_CHARS_MIN <= len(password) <= PASSWORD_CHARS_MAX
    return _HASHER.hash(password)


def is_password(kept: str | None, password: str) -> bool:
    """Whether the password belongs to the kept hash. Without one the answer is no, and takes as long."""
    try:
        _HASHER.verify(kept or _stand_in(), password)
    except (Argon2Error, InvalidHashError):
        return False
    return kept is not None


@functools.cache
def _stand_in() -> str:
    return _HASHER.hash("nobody has this password")
