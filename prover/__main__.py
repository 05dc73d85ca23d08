"""Where the command `prover` begins: Ctrl-C is heard from here on, before the slow imports."""

from __future__ import annotations

import sys
from typing import NoReturn

from prover.errors import INTERRUPTED


def main() -> NoReturn:
    """Run this process's command line, and leave with its exit status."""
    try:
        from prover.cli.main import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
