"""Sixty-four bits that stand for an activity id, and the sets of them that tell whether an activity is new.

An activity id is 128 bits of MD5; its fingerprint mixes all of them into 64. Two different activities share one
with probability n² / 2⁶⁵: about 10⁻⁵ that a single pair exists in a stream of 20 million.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Fingerprints = np.ndarray[tuple[int], np.dtype[np.uint64]]
Letters = np.ndarray[tuple[int, int], np.dtype[np.uint8]]
ID_LENGTH = 32
FIXED = pa.binary(ID_LENGTH)
ROWS_AT_ONCE = 8192  # what the processor's nearest memory holds
MIXERS = tuple(np.uint64(number) for number in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93))


def fingerprints(ids: pa.ChunkedArray | pa.Array) -> Fingerprints:
    """Return the fingerprint of each activity id, shape (rows,).

    Ids of another length than 32 are replaced by their own MD5 first, so any text may serve as an id.
    """
    chunks = ids.chunks if isinstance(ids, pa.ChunkedArray) else [ids]
    parts = [_of_chunk(chunk) for chunk in chunks if len(chunk)]
    return np.concatenate(parts) if parts else np.empty(0, np.uint64)


def in_one_length(ids: pa.Array) -> pa.FixedSizeBinaryArray | None:
    """Return ids as values of 32 bytes, without copying any; nothing where one of them has another length."""
    if ids.type == FIXED:
        return ids
    ids = ids.cast(pa.string())
    if ids.null_count or pc.min_max(pc.binary_length(ids)).as_py() != {"min": ID_LENGTH, "max": ID_LENGTH}:
        return None
    start = int(np.frombuffer(ids.buffers()[1], np.int32)[ids.offset])
    return pa.FixedSizeBinaryArray.from_buffers(FIXED, len(ids), [None, ids.buffers()[2].slice(start)])


def as_text(ids: pa.Array) -> pa.StringArray:
    """Return ids as text, whichever form they have."""
    if ids.type != FIXED:
        return ids.cast(pa.string())
    offsets = np.arange(len(ids) + 1, dtype=np.int32) * ID_LENGTH
    letters = ids.buffers()[1].slice(ids.offset * ID_LENGTH)
    return pa.StringArray.from_buffers(len(ids), pa.py_buffer(offsets), letters)


def letters_of(fixed: pa.FixedSizeBinaryArray) -> Letters:
    """Return the bytes of ids in one length without copying them, shape (rows, 32)."""
    start = fixed.offset * ID_LENGTH
    return np.frombuffer(fixed.buffers()[1], np.uint8)[start : start + ID_LENGTH * len(fixed)].reshape(-1, ID_LENGTH)


def _of_chunk(chunk: pa.Array) -> Fingerprints:
    fixed = in_one_length(chunk)
    if fixed is None:
        digests = [text if len(text.encode()) == ID_LENGTH else _digest(text) for text in as_text(chunk).to_pylist()]
        fixed = pa.array([digest.encode() for digest in digests], FIXED)
    words = letters_of(fixed).view("<u8")
    mixed = np.empty(len(words), np.uint64)
    for first in range(0, len(words), ROWS_AT_ONCE):
        mixed[first : first + ROWS_AT_ONCE] = _mixed(words[first : first + ROWS_AT_ONCE])
    return mixed


def _mixed(words: np.ndarray[tuple[int, int], np.dtype[np.uint64]]) -> Fingerprints:
    mixed = np.zeros(len(words), np.uint64)
    for column, mixer in enumerate(MIXERS):
        mixed ^= words[:, column]
        mixed *= mixer
        mixed ^= mixed >> np.uint64(31)
    return mixed


def _digest(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def found_in(wanted: Fingerprints, known: Fingerprints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Say for each of `wanted` whether it stands in the sorted array `known`."""
    if not len(known):
        return np.zeros(len(wanted), bool)
    places = np.searchsorted(known, wanted)
    places[places == len(known)] = 0
    found: np.ndarray[tuple[int], np.dtype[np.bool_]] = known[places] == wanted
    return found
