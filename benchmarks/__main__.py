"""Run every benchmark at the size that it takes by default: `python -m benchmarks [--record]`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

APART = {"__init__", "__main__", "measuring"}


def main() -> None:
    """Run the benchmarks one after the other, so that none disturbs another."""
    names = [path.stem for path in sorted(Path(__file__).parent.glob("*.py")) if path.stem not in APART]
    failed = [name for name in names if subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *sys.argv[1:]], check=False).returncode]
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
