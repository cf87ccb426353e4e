"""Where the files of tests lie: in memory, when there is room.

No test pulls the plug, so a disk would only cost time: milliseconds for a durable commit, hundredths of one in memory.
"""

import os
import shutil
import tempfile
from pathlib import Path

SHARED_MEMORY = Path("/dev/shm")  # a tmpfs on every Linux; 64 MB of it in a container that was not told otherwise
NEEDED_BYTES = 4 * 2**30


def memory() -> Path | None:
    """A folder in memory; None where there is none, or too little of it."""
    if not SHARED_MEMORY.is_dir() or shutil.disk_usage(SHARED_MEMORY).free < NEEDED_BYTES:
        return None
    return SHARED_MEMORY


def keep_files_in_memory() -> None:
    """For this process and those that it starts; who has set TMPDIR has chosen already."""
    if "TMPDIR" not in os.environ and (chosen := memory()) is not None:
        os.environ["TMPDIR"] = tempfile.tempdir = str(chosen)
