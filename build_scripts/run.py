"""One command starts everything: `python3 build_scripts/run.py` makes the environment ready, then runs Comptoir."""

import os
import sys

from environment import ROOT, ensure_or_exit


def main() -> None:
    python = str(ensure_or_exit("run"))
    os.chdir(ROOT)
    os.execv(python, [python, "-m", "app.cli", "run", *sys.argv[1:]])


if __name__ == "__main__":
    main()
