"""Files of every shape into activities: look (`inspect_files`), let a person confirm the plan, read (`read_plan`)."""

from lakmus.connectors.files.inspect import check_plan, inspect_files
from lakmus.connectors.files.plan import ColumnPlan, FilePlan, ImportPlan, SavedMapping
from lakmus.connectors.files.reading import FileOutcome, Link, Progress, ReadResult, read_plan

__all__ = [
    "ColumnPlan",
    "FileOutcome",
    "FilePlan",
    "ImportPlan",
    "Link",
    "Progress",
    "ReadResult",
    "SavedMapping",
    "check_plan",
    "inspect_files",
    "read_plan",
]
