"""The only reader of time and chance; everything else is given both as arguments."""

import os
import secrets
import threading
import time
from datetime import UTC, datetime
from uuid import UUID

from takt.core.ids import NODE_TAILS, SLOTS, TAIL_BITS, NodeSort, make_id, node_id, slot_of_key

_RANDOM_BITS = 42
_RANDOM_BYTES = 6
_RANDOM_MASK = (1 << _RANDOM_BITS) - 1
_DRAWN_BYTES = 4096 - 4096 % _RANDOM_BYTES
_COUNTER_MAX = 1 << (TAIL_BITS - _RANDOM_BITS)


class Clock:
    """Instants in UTC, and ids that never go backwards within one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last_ms = 0
        self._count = 0
        self._forget_drawn()
        if hasattr(os, "register_at_fork"):  # where it is missing, nothing forks
            os.register_at_fork(after_in_child=self._forget_drawn)

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC)

    def unix_s(self) -> int:
        """The present instant in whole seconds since 1970."""
        return int(time.time())

    def monotonic_s(self) -> float:
        """Seconds since some fixed moment; only differences mean something."""
        return time.monotonic()

    def new_id(self, slot: int | None = None) -> UUID:
        """A fresh id with that slot, or with a random one."""
        with self._lock:
            ms = max(time.time_ns() // 1_000_000, self._last_ms)
            self._count = self._count + 1 if ms == self._last_ms else 0
            if self._count >= _COUNTER_MAX:
                ms, self._count = ms + 1, 0
            self._last_ms = ms
            tail = (self._count << _RANDOM_BITS) | self._random_bits()
        return make_id(ms, secrets.randbits(12) if slot is None else slot, tail)

    def new_id_beside(self, key: str) -> UUID:
        """A fresh id in the slot of something known by a text, such as a wa_id."""
        return self.new_id(slot_of_key(key))

    def new_node_id(self, sort: NodeSort, slot: int | None = None) -> str:
        """A fresh id of a node with that slot, or with a random one. Chance alone keeps ids apart: insert, and look."""
        return node_id(sort, secrets.randbelow(SLOTS) if slot is None else slot, secrets.randbelow(NODE_TAILS))

    def _forget_drawn(self) -> None:
        self._drawn = b""
        self._used = 0

    def _random_bits(self) -> int:
        """42 random bits, drawn many at a time: each draw from the system lets another thread run first."""
        if self._used == len(self._drawn):
            self._drawn, self._used = secrets.token_bytes(_DRAWN_BYTES), 0
        start, self._used = self._used, self._used + _RANDOM_BYTES
        return int.from_bytes(self._drawn[start : self._used]) & _RANDOM_MASK

    def new_secret(self, length: int = 40) -> str:
        """Random letters and digits for a token; 40 of them carry 238 bits."""
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        return "".join(secrets.choice(alphabet) for _ in range(length))

    def new_bytes(self, length: int) -> bytes:
        """Random bytes for a key that is used once."""
        return secrets.token_bytes(length)

    def fraction(self) -> float:
        """A random number from 0 up to but not including 1, for jitter."""
        return secrets.randbits(53) / (1 << 53)


CLOCK = Clock()
