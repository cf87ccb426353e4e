"""`GET /sync/v1/files/{id}`: the file a pull told of, whole or from any byte on (Range), for who sees its rows.

A file never changes under its id, which is its ETag. 404 `file_unknown`: it is gone or not this device's; pull again.
"""

from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi.concurrency import run_in_threadpool
from starlette.responses import FileResponse

from core.contract.cache_files import SCHEMA
from core.contract.sync import Group
from core.http.context import Core, CoreContext, CurrentDevice
from core.http.problems import RESPONSES, ProblemError
from core.service.cursors import parts_of
from core.service.devices import Device

router = APIRouter(prefix="/sync/v1", tags=["sync"], responses=RESPONSES)
MEDIA_TYPE = "application/zstd"


class _Blob(FileResponse):
    chunk_size = 256 * 1024


@router.get("/files/{id}", response_class=FileResponse)
async def file(
    id: str, device: CurrentDevice, core: CoreContext, if_none_match: Annotated[str, Header()] = ""
) -> Response:
    """The compressed bytes; the pull said their number, the sha256 of each MiB and of the whole."""
    path = await run_in_threadpool(lambda: core.shelf.path_of(id, _visible(core, device)))
    if path is None:
        raise ProblemError(404, "file_unknown", params={"id": id[:64]})
    headers = {"ETag": f'"{id}"', "Cache-Control": "private, max-age=604800, immutable"}
    if f'"{id}"' in if_none_match:
        return Response(status_code=304, headers=headers)
    return _Blob(path, headers=headers, media_type=MEDIA_TYPE)


def _visible(core: Core, device: Device) -> list[tuple[Group, tuple[str, ...]]]:
    with core.database.read() as connection:
        return [(group, parts_of(connection, device, group)) for group in SCHEMA]
