"""A model as bytes: a first line that says what it is, a header of JSON, arrays as they lie in memory, and a sum over all.

Nothing in it is ever run: what is read are numbers and words, and every size is checked before it is believed.
"""

import hashlib
import json
import zlib
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from takt.filter.features import MEASURES
from takt.filter.labels import LABELS
from takt.filter.model import Channel, Model
from takt.filter.words import WORDS_MAX, Words

_KIND: Final = b"takt-filter "
MAGIC: Final = _KIND + b"1\n"
MODEL_BYTES_MAX: Final = 64 * 1024 * 1024
MODEL_UNPACKED_BYTES_MAX: Final = 256 * 1024 * 1024
_TYPES: Final = ("<u8", "<f4", "<f8", "<i4")
_SUM: Final = 32


class ModelFault(Exception):
    """Bytes that are no model of ours; the text says what is wrong."""


def pack(model: Model) -> bytes:
    """Write a model; the same model gives the same bytes."""
    names = sorted(model.vocabulary.counts)
    arrays: dict[str, np.ndarray[Any, Any]] = {
        "word_counts": np.array([model.vocabulary.counts[name] for name in names], "<i4"),
        "run_keys": model.runs.keys.astype("<u8"),
        "run_rarity": model.runs.rarity.astype("<f4"),
        "run_weights": model.runs.weights.astype("<f4"),
        "word_keys": model.words.keys.astype("<u8"),
        "word_rarity": model.words.rarity.astype("<f4"),
        "word_weights": model.words.weights.astype("<f4"),
        "measure_weights": model.measured.astype("<f8"),
        "constants": model.constants.astype("<f8"),
        "calibration": model.calibration.astype("<f8"),
    }
    header = {
        "labels": list(model.labels),
        "thresholds": {name: dict(rates) for name, rates in model.thresholds.items()},
        "learned_from": model.learned_from,
        "words": names,
        "arrays": [[name, array.dtype.str, list(array.shape)] for name, array in arrays.items()],
    }
    head = json.dumps(header, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    body = (
        len(head).to_bytes(4, "big") + head + b"".join(np.ascontiguousarray(one).tobytes() for one in arrays.values())
    )
    return MAGIC + hashlib.sha256(body).digest() + zlib.compress(body, 6)


def unpack(written: bytes) -> Model:
    """Read a model.

    Raises:
        ModelFault: these are no bytes that `pack` wrote.
    """
    if written.startswith(_KIND) and not written.startswith(MAGIC):
        raise ModelFault("this is a model for another version of Takt: train it again with this one")
    if not written.startswith(MAGIC):
        raise ModelFault(f"this is no model: it does not begin with {MAGIC.decode().strip()!r}")
    if len(written) > MODEL_BYTES_MAX:
        raise ModelFault(f"a model has at most {MODEL_BYTES_MAX} bytes")
    body = _unpacked(written[len(MAGIC) + _SUM :])
    if hashlib.sha256(body).digest() != written[len(MAGIC) : len(MAGIC) + _SUM]:
        raise ModelFault("the model is damaged: its sum does not fit")
    try:
        return _model(body)
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as fault:
        raise ModelFault(f"the model is damaged: {fault}") from None


def _unpacked(packed: bytes) -> bytes:
    reader = zlib.decompressobj()
    try:
        body = reader.decompress(packed, MODEL_UNPACKED_BYTES_MAX)
    except zlib.error as fault:
        raise ModelFault(f"the model is damaged: {fault}") from None
    if reader.unconsumed_tail or not reader.eof:
        raise ModelFault(f"the model is cut off, or has more than {MODEL_UNPACKED_BYTES_MAX} bytes")
    return body


def _model(body: bytes) -> Model:
    size = int.from_bytes(body[:4], "big")
    header = json.loads(body[4 : 4 + size])
    arrays = _arrays(body, 4 + size, header["arrays"])
    labels = header["labels"]
    names, counts = header["words"], arrays["word_counts"].tolist()
    heads = 1 if len(labels) == 2 else 1 + len(labels)
    if not 2 <= len(labels) <= 3 or any(one not in LABELS for one in labels) or len(names) > WORDS_MAX:
        raise ValueError("labels or words are not right")
    vocabulary = Words({str(name): int(count) for name, count in zip(names, counts, strict=True)})
    channels = (_channel(arrays, "run", heads), _channel(arrays, "word", heads))
    measured = (arrays["measure_weights"].reshape(heads, len(MEASURES)), arrays["constants"].reshape(heads))
    calibration = arrays["calibration"].reshape(len(labels), heads + 1)
    thresholds = {
        str(name): {str(rate): float(at) for rate, at in rates.items()} for name, rates in header["thresholds"].items()
    }
    return Model(labels, vocabulary, channels, measured, calibration, thresholds, str(header["learned_from"]))


def _channel(arrays: Mapping[str, np.ndarray[Any, Any]], name: str, heads: int) -> Channel:
    keys = arrays[f"{name}_keys"].astype(np.uint64)
    if np.any(keys[1:] <= keys[:-1]):
        raise ValueError(f"the {name} keys are not in order")
    weights = arrays[f"{name}_weights"].astype(float).reshape(heads, len(keys))
    return Channel(keys, arrays[f"{name}_rarity"].astype(float).reshape(len(keys)), weights)


def _arrays(body: bytes, at: int, listed: list[list[Any]]) -> dict[str, np.ndarray[Any, Any]]:
    found = {}
    for name, kind, shape in listed:
        if kind not in _TYPES or any(not isinstance(one, int) or one < 0 for one in shape):
            raise ValueError(f"the array {name} is not right")
        count = int(np.prod(shape, dtype=object))
        array = np.frombuffer(body, np.dtype(kind), count, at).reshape(shape)
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise ValueError(f"the array {name} has numbers without end")
        found[str(name)] = array
        at += array.nbytes
    return found
