"""Writes a migration of the core: the difference between the tables and the migrations so far, to be read and edited.

python build_scripts/migration.py "Orders: promised date"
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

from core.store import migrations
from core.store.database import Database

VERSIONS = Path(migrations.__file__).parent / "versions"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("message")
    arguments = parser.parse_args()
    known = sorted(VERSIONS.glob("[0-9]*.py"))
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/core.db")
        database.upgrade()
        with database.write() as connection:
            config = migrations.configuration(connection)
            number = f"{len(known) + 1:04d}"
            command.revision(config, arguments.message, autogenerate=True, rev_id=number)
        database.close()
    made = next(VERSIONS.glob(f"{number}_*.py"))
    subprocess.run([sys.executable, "-m", "ruff", "check", "--fix", "-q", made], check=False)
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", made], check=False)
    print(made)


if __name__ == "__main__":
    main()
