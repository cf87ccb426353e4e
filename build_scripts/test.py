"""One command proves everything: `python3 build_scripts/test.py` makes the environment ready, then runs the gate."""

import os
import sys

from environment import ROOT, ensure_or_exit


def main() -> None:
    python = str(ensure_or_exit("test"))
    os.chdir(ROOT)
    os.execv(python, [python, "build_scripts/check.py", *sys.argv[1:]])


if __name__ == "__main__":
    main()
