"""Run every benchmark at the size that it takes by default: `python -m benchmarks [--record]`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

APART = {"__init__", "__main__", "measuring"}


def main() -> None:
    """Run the benchmarks one after the other, so that none disturbs another."""
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem not in APART:
            subprocess.run([sys.executable, "-m", f"benchmarks.{path.stem}", *sys.argv[1:]], check=True)


if __name__ == "__main__":
    main()
