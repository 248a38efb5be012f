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
ID_LENGTH = 32
MIXERS = tuple(np.uint64(number) for number in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93))


def fingerprints(ids: pa.ChunkedArray | pa.Array) -> Fingerprints:
    """Return the fingerprint of each activity id, shape (rows,).

    Ids of another length than 32 are replaced by their own MD5 first, so any text may serve as an id.
    """
    chunks = ids.chunks if isinstance(ids, pa.ChunkedArray) else [ids]
    parts = [_of_chunk(chunk) for chunk in chunks if len(chunk)]
    return np.concatenate(parts) if parts else np.empty(0, np.uint64)


def _of_chunk(chunk: pa.Array) -> Fingerprints:
    if chunk.type != pa.string():
        chunk = chunk.cast(pa.string())
    lengths = pc.binary_length(chunk)
    shortest_longest = pc.min_max(lengths).as_py()
    if shortest_longest != {"min": ID_LENGTH, "max": ID_LENGTH}:
        digests = [_digest(text) if len(text.encode()) != ID_LENGTH else text for text in chunk.to_pylist()]
        chunk = pa.array(digests, pa.string())
    start = np.frombuffer(chunk.buffers()[1], np.int32)[chunk.offset]
    words = np.frombuffer(chunk.buffers()[2], np.uint8)[start : start + ID_LENGTH * len(chunk)].view("<u8").reshape(-1, 4)
    mixed = np.zeros(len(chunk), np.uint64)
    for column, mixer in enumerate(MIXERS):
        mixed = (mixed ^ words[:, column]) * mixer
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
