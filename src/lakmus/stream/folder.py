"""Where the parts of a stream stand on the disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MARK = "stream.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class StreamFolder:
    """The rooms of one stream's folder.

    `activities` is a Delta Lake table; `identity` holds the facts about who is who; `seen` the fingerprints of all
    activity ids; `moved` a derived copy of merged customers' rows; `staging` what imports are still reading.
    """

    root: Path

    @property
    def mark(self) -> Path:
        """The file that makes a folder a stream and states its number of buckets."""
        return self.root / MARK

    @property
    def lease(self) -> Path:
        """The file that a writer holds locked."""
        return self.root / "lease"

    @property
    def activities(self) -> Path:
        """The Delta table of activities, one folder per bucket."""
        return self.root / "activities"

    @property
    def log(self) -> Path:
        """The Delta log."""
        return self.activities / "_delta_log"

    @property
    def columns(self) -> Path:
        """A Parquet file without rows that has all columns, which the files of the table have only as far as they fill them."""
        return self.root / "columns.parquet"

    @property
    def identity(self) -> Path:
        """Facts about which identifier belongs to which customer."""
        return self.root / "identity"

    @property
    def seen(self) -> Path:
        """Fingerprints of the activity ids that the stream holds."""
        return self.root / "seen"

    @property
    def moved(self) -> Path:
        """Rows of merged customers, copied to where their canonical customer lives; can be thrown away at any time."""
        return self.root / "moved"

    @property
    def staging(self) -> Path:
        """What imports have read and not yet committed."""
        return self.root / "staging"
