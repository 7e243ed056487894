"""Bytes in a directory: one file a medium, in a hundred folders. Every process must see the same directory."""

import asyncio
import os
from pathlib import Path
from typing import Final

from takt.vault import BytesGone, Place, VaultAway

CHUNK_BYTES: Final = 256 * 1024


class DirectoryVault:
    """A chunk is a stretch of a file, on the disk before it counts as kept."""

    chunk_bytes = CHUNK_BYTES

    def __init__(self, path: str) -> None:
        self._root = Path(path)

    async def put(self, place: Place, number: int, chunk: bytes) -> None:
        """Keep a chunk."""
        try:
            await asyncio.to_thread(_put, self._path(place), number * CHUNK_BYTES, chunk)
        except OSError as fault:
            raise VaultAway from fault

    async def get(self, place: Place, number: int) -> bytes:
        """A chunk."""
        try:
            chunk = await asyncio.to_thread(_get, self._path(place), number * CHUNK_BYTES)
        except FileNotFoundError:
            raise BytesGone from None
        except OSError as fault:
            raise VaultAway from fault
        if not chunk:
            raise BytesGone
        return chunk

    async def drop(self, place: Place) -> None:
        """Drop the file."""
        try:
            await asyncio.to_thread(self._path(place).unlink, missing_ok=True)
        except OSError as fault:
            raise VaultAway from fault

    def close(self) -> None:
        """Nothing is held: files are opened for one chunk at a time."""

    def _path(self, place: Place) -> Path:
        return self._root / place.media_id[-2:] / place.media_id


def _put(path: Path, offset: int, chunk: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    opened = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        left = memoryview(chunk)
        while left:
            written = os.pwrite(opened, left, offset)
            left, offset = left[written:], offset + written
        os.fsync(opened)
    finally:
        os.close(opened)
    if offset <= CHUNK_BYTES:
        _keep_name(path.parent)


def _keep_name(folder: Path) -> None:
    """A new file's name is on the disk only when its folder is."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _get(path: Path, offset: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(CHUNK_BYTES)
