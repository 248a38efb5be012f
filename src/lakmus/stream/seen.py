"""Which activities the stream holds already: sorted arrays of fingerprints beside the log, rebuilt whenever they fall behind it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from lakmus.stream.durable import publish, remove_folder, write_json
from lakmus.stream.fingerprints import Fingerprints, fingerprints, found_in
from lakmus.stream.parquet import read_columns

MOST_SEGMENTS = 12
Rebuild = Callable[[], Fingerprints]


def fingerprints_of_files(paths: Iterable[str]) -> Fingerprints:
    """Return the fingerprints of all activities in some files of the stream, shape (rows,)."""
    parts = [fingerprints(read_columns(path, ["activity_id"])["activity_id"]) for path in paths]
    return np.concatenate(parts) if parts else np.empty(0, np.uint64)


class Seen:
    """Sets of fingerprints on the disk.

    `manifest.json` names the version of the log that they describe. A crash between the log's commit and the
    manifest leaves them behind; they are then built again from the stream's own files, so they never decide alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def contains(self, wanted: Fingerprints, *, version: int, rebuild: Rebuild) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Say for each fingerprint whether the stream at `version` of its log holds it."""
        self._bring_up_to(version, rebuild)
        found = np.zeros(len(wanted), bool)
        if len(wanted):
            for name in self._segments():
                found |= found_in(wanted, self._read(name))
        return found

    def add(self, fresh: Fingerprints, *, version: int) -> None:
        """Note the fingerprints, sorted, of a commit that made `version` out of the version noted before."""
        names = self._segments()
        merged = [fresh]
        while names and (len(names) >= MOST_SEGMENTS or len(self._read(names[-1])) <= 2 * len(merged[0])):
            merged.append(self._read(names.pop()))
        self._note(version, names, np.sort(np.concatenate(merged)) if len(merged) > 1 else merged[0])

    def forget(self, gone: Fingerprints, *, version: int) -> None:
        """Take fingerprints out, leaving no trace of them on the disk."""
        kept = [segment[~found_in(segment, np.sort(gone))] for segment in map(self._read, self._segments())]
        self._note(version, [], np.sort(np.concatenate(kept)) if kept else np.empty(0, np.uint64))

    def follow(self, *, before: int, version: int) -> None:
        """Note that the log went from `before` to `version` with the same activities in it."""
        manifest = self._manifest()
        if manifest.get("version") == before:
            write_json(self._folder / "manifest.json", {**manifest, "version": version})

    def _bring_up_to(self, version: int, rebuild: Rebuild) -> None:
        manifest = self._manifest()
        present = all((self._folder / str(name)).exists() for name in manifest.get("segments", []))
        if manifest.get("version") != version or not present:
            remove_folder(self._folder)
            self._note(version, [], np.sort(rebuild()))

    def _note(self, version: int, kept: list[str], segment: Fingerprints) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{version:020}.npy"
        fresh = self._folder / f".{name}"
        with fresh.open("wb") as file:
            np.save(file, segment)
        publish(fresh, self._folder / name)
        write_json(self._folder / "manifest.json", {"version": version, "segments": [*kept, name]})
        for path in self._folder.iterdir():
            if path.name not in {"manifest.json", name, *kept}:
                path.unlink()

    def _manifest(self) -> dict[str, Any]:
        try:
            content = json.loads((self._folder / "manifest.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    def _segments(self) -> list[str]:
        return list(self._manifest().get("segments", []))

    def _read(self, name: str) -> Fingerprints:
        segment: Fingerprints = np.load(self._folder / name, mmap_mode="r")
        return segment
