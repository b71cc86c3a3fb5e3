"""The nightly run as a module: ``python -m lead_funnel.build`` is ``lead-funnel build``."""

import sys
from collections.abc import Sequence

from lead_funnel.command.app import main as command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns
    -------
    int
        0; 1 if a step failed or nothing was published; 2 if something must be fixed first.
    """
    return command(["build", *(sys.argv[1:] if arguments is None else arguments)])


if __name__ == "__main__":
    sys.exit(main())
