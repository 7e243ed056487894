"""A process that computes one preview: `python -m takt.rehearsal`, the job in, what it comes to out, both as JSON."""

import os
import sys

from takt.rehearsal.job import decode_job, encode
from takt.rehearsal.rehearse import rehearse

GENTLE = 10
"""How far this process stands back behind those that serve."""


def main() -> None:
    """Read, compute, write."""
    if hasattr(os, "nice"):
        os.nice(GENTLE)
    sys.stdout.buffer.write(encode(rehearse(decode_job(sys.stdin.buffer.read()))))


if __name__ == "__main__":
    main()
