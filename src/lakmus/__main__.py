"""`python -m lakmus` is `lakmus`."""

import sys

from lakmus.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
