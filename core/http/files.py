"""`GET /sync/v1/files/{id}`: the file a pull told of, whole or from any byte on (Range), for who sees its rows.

A file never changes under its id, which is its ETag. 404 `file_unknown`: it is gone or not this device's; pull again.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from fastapi.concurrency import run_in_threadpool
from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send

from core.contract.cache_files import SCHEMA
from core.contract.signing import Asked
from core.contract.sync import Group
from core.http.context import BodyOf, Core, CoreContext, CurrentDevice, device_by, reading
from core.http.problems import RESPONSES, ProblemError
from core.service.cursors import parts_of
from core.service.devices import Device

router = APIRouter(prefix="/sync/v1", tags=["sync"], responses=RESPONSES)
MEDIA_TYPE = "application/zstd"


FILES_PATH = "/sync/v1/files/"
CHUNK_BYTES = 256 * 1024


class _Blob(FileResponse):
    chunk_size = CHUNK_BYTES


class _Whole(Response):
    """Sent from one open file: most files are a piece or a few."""

    media_type = MEDIA_TYPE

    def __init__(self, path: Path, headers: Mapping[str, str]) -> None:
        self._file = path.open("rb")
        self._size = os.fstat(self._file.fileno()).st_size
        super().__init__(headers={**headers, "Content-Length": str(self._size), "Accept-Ranges": "bytes"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._file as file:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            for start in range(0, self._size, CHUNK_BYTES):
                piece = await run_in_threadpool(os.pread, file.fileno(), CHUNK_BYTES, start)
                more = start + CHUNK_BYTES < self._size
                await send({"type": "http.response.body", "body": piece, "more_body": more})


@router.get("/files/{id}", response_class=FileResponse)
async def file(
    id: str, device: CurrentDevice, core: CoreContext, if_none_match: Annotated[str, Header()] = ""
) -> Response:
    """The compressed bytes; the pull said their number, the sha256 of each MiB and of the whole."""
    path = await reading(core, lambda: _path(core, device, id))
    if f'"{id}"' in if_none_match:
        return Response(status_code=304, headers=_headers(id))
    return _Blob(path, headers=_headers(id), media_type=MEDIA_TYPE)


async def answer_file(id: str, state: Any, headers: Mapping[bytes, bytes], body_of: BodyOf) -> Response | None:
    """As the route, for who begins with a file. None for who goes on with one, or asks whether it is still the same."""
    if b"range" in headers or b"if-none-match" in headers or "/" in id:
        return None
    core: Core = state.core
    read = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers.items()}
    device = await device_by(core, read.get("authorization", ""))
    core.proofs.check(device, Asked("GET", FILES_PATH + id, await body_of()), read, core.now())
    path = await reading(core, lambda: _path(core, device, id))
    return _Whole(path, _headers(id))


def _headers(id: str) -> dict[str, str]:
    return {"ETag": f'"{id}"', "Cache-Control": "private, max-age=604800, immutable"}


def _path(core: Core, device: Device, id: str) -> Path:
    path = core.shelf.path_of(id, _visible(core, device))
    if path is None:
        raise ProblemError(404, "file_unknown", params={"id": id[:64]})
    return path


def _visible(core: Core, device: Device) -> list[tuple[Group, tuple[str, ...]]]:
    with core.database.read() as connection:
        return [(group, parts_of(connection, device, group)) for group in SCHEMA]
