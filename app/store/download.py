"""A cache file on its way: its pieces are checked and kept as they come, so that a cut costs the last piece only.

download = Download(database, group, file)     # NoSpace; `start`: how much is here already
for piece in ...: download.receive(piece)      # InvalidAnswer where it is not what the core announced
new = download.unpack()                        # checked through and through; nobody reads it yet
"""

import hashlib
import os
import shutil
from pathlib import Path

import zstandard

from app.store import caches
from app.store.database import Database
from app.store.targets import NewFile
from core.contract.sync import FILE_CHUNK_BYTES, CacheFile, Group
from sync.errors import InvalidAnswer, NoSpace

SPACE_FACTOR = 3  # the old file, the new one, and what is packed
_UNPACKED_AT_ONCE = 1024 * 1024
_LONGEST_FRAME_HEADER = 18
_LARGEST_WINDOW = 128 * 1024 * 1024


def held(folder: Path, group: Group) -> str:
    """The id of the file whose first pieces are here, "" for none."""
    return next((path.stem.rpartition("-")[2] for path in folder.glob(f"download-{group.value}-*.zst")), "")


class Download:
    """One file of one group. Call from one thread at a time; dropping it keeps what has come."""

    def __init__(self, database: Database, group: Group, file: CacheFile) -> None:
        self.file, self.group = file, group
        if len(file.chunks) != -(-file.size_bytes // FILE_CHUNK_BYTES):
            raise InvalidAnswer("a file is announced with too few or too many pieces")
        self._database = database
        self._path = database.folder / f"download-{group.value}-{file.id}.zst"
        for other in database.folder.glob(f"download-{group.value}-*.zst"):
            if other != self._path:
                other.unlink(missing_ok=True)
        if shutil.disk_usage(database.folder).free < SPACE_FACTOR * file.unpacked_bytes:
            raise NoSpace(f"{file.unpacked_bytes} bytes do not fit {SPACE_FACTOR} times")
        self._whole = hashlib.sha256()
        self._pieces = 0
        self._rest = bytearray()
        self._check_what_is_here()

    @property
    def start(self) -> int:
        """How many bytes are here and good: where the rest begins."""
        return min(self._pieces * FILE_CHUNK_BYTES, self.file.size_bytes)

    def receive(self, piece: bytes) -> None:
        """The next bytes, of any length."""
        self._rest += piece
        with self._path.open("ab") as out:
            while self._rest and len(self._rest) >= self._next_length():
                chunk = bytes(self._rest[: self._next_length()])
                self._take(chunk)
                out.write(chunk)
                del self._rest[: len(chunk)]

    def unpack(self) -> NewFile:
        """Raises InvalidAnswer, and what was downloaded is gone, where it is not what it should be."""
        if self.start != self.file.size_bytes or self._whole.hexdigest() != self.file.id:
            self._refuse("the file is not whole")
        path = self._database.folder / caches.next_name(self._database.path_of(self.group).name)
        caches.remove(path)
        try:
            self._unpack_to(path)
        except zstandard.ZstdError as fault:
            self._refuse(str(fault))
        if flaw := caches.flaw(path, self.group):
            caches.remove(path)
            self._refuse(flaw)
        return NewFile(self._database, self.group, path, self._path)

    def _unpack_to(self, path: Path) -> None:
        unpacked = 0
        decompressor = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW)
        with self._path.open("rb") as source, path.open("wb") as out:
            # With the frame's own sum the unpacked bytes are proven too, and nothing has to look through them again.
            if not zstandard.get_frame_parameters(source.read(_LONGEST_FRAME_HEADER)).has_checksum:
                raise zstandard.ZstdError("the frame has no sum of its content")
            source.seek(0)
            for piece in decompressor.read_to_iter(source, write_size=_UNPACKED_AT_ONCE):
                unpacked += len(piece)
                if unpacked > self.file.unpacked_bytes:
                    break  # nobody fills this disk with a small file that grows
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        if unpacked != self.file.unpacked_bytes:
            caches.remove(path)
            self._refuse("the file has another length")

    def _check_what_is_here(self) -> None:
        """Pieces of an earlier try count as far as they are good; what comes after is cut off."""
        if not self._path.exists():
            return
        with self._path.open("r+b") as kept:
            while (length := self._next_length()) and len(chunk := kept.read(length)) == length:
                try:
                    self._take(chunk)
                except InvalidAnswer:
                    break
            kept.truncate(self.start)

    def _next_length(self) -> int:
        """Of the next piece, 0 after the last."""
        return min(FILE_CHUNK_BYTES, self.file.size_bytes - self.start)

    def _take(self, chunk: bytes) -> None:
        if not chunk or hashlib.sha256(chunk).hexdigest() != self.file.chunks[self._pieces]:
            raise InvalidAnswer(f"piece {self._pieces} of the {self.group.value} file is not what was announced")
        self._whole.update(chunk)
        self._pieces += 1

    def _refuse(self, why: str) -> None:
        self._path.unlink(missing_ok=True)
        raise InvalidAnswer(f"the {self.group.value} file cannot be used: {why}")
