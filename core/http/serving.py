"""How the core listens: for a thousand tablets that come in the same moment and keep a stream open all day."""

import sys
from typing import Final

import uvicorn
from fastapi import FastAPI

# Connections that wait to be accepted; the kernel's own limit (net.core.somaxconn) may be lower.
BACKLOG: Final = 4096
# Where the operator set no limit: macOS refuses a larger number, and "none", too.
FILES_WITHOUT_LIMIT: Final = 10_240
# Longer than clients keep theirs (httpx: 5 s): who closes first must not be the one who is just being asked.
KEEP_ALIVE_S: Final = 75


def serve_forever(app: FastAPI, host: str, port: int) -> None:
    """Until the process is told to stop. `port` 0 takes a free one."""
    allow_files()
    # The app says the date by its own clock.
    uvicorn.run(
        app,
        host=host,
        port=port,
        date_header=False,
        log_level="info",
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=3,
    )


def allow_files() -> int:
    """As many open files as the operator allows: a tablet has two or three connections. What is allowed now, or 0."""
    if sys.platform == "win32":
        return 0  # it knows no such limit
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = max(soft, FILES_WITHOUT_LIMIT) if hard == resource.RLIM_INFINITY else hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return files
