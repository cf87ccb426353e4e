"""Settings of the core, from the environment (COMPTOIR_*): where its data lies and where it listens."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MIB = 1024 * 1024
FILES = "device-files"
WITHDRAWN = "withdrawn.jsonl"


class SettingInvalid(ValueError):
    """A COMPTOIR_* variable has a value that means nothing."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`database_url`: sqlite:///path or postgresql://...; `max_body_bytes` for all but imports.

    `files`: folder of the files that new devices begin with, shared by all processes; "": beside an SQLite database.
    """

    database_url: str
    host: str = "127.0.0.1"
    port: int = 8700
    max_body_bytes: int = 1 * MIB
    max_import_bytes: int = 512 * MIB  # the full stock file of a network in one call; streamed to disk
    files: str = ""

    @property
    def file_folder(self) -> Path:
        scheme, _, path = self.database_url.partition(":///")
        beside = Path(path).parent if scheme == "sqlite" else Path(tempfile.gettempdir()) / "comptoir"
        return Path(self.files) if self.files else beside / FILES

    @property
    def withdrawn_file(self) -> Path:
        """Devices that stay withdrawn, also where the database is put back (`core.service.withdrawn`)."""
        return self.file_folder.parent / WITHDRAWN

    @staticmethod
    def read(environment: Mapping[str, str], folder: Path) -> "Settings":
        """`folder`: where the database lies unless COMPTOIR_DATABASE_URL says otherwise. Raises SettingInvalid."""
        port = environment.get("COMPTOIR_PORT", "8700")
        if not port.isdigit() or not 0 <= int(port) <= 65_535:
            raise SettingInvalid(f"COMPTOIR_PORT is no port: {port!r}")
        default = f"sqlite:///{(folder / 'core.db').resolve()}"
        url = environment.get("COMPTOIR_DATABASE_URL") or default
        files = environment.get("COMPTOIR_FILES") or ("" if url.startswith("sqlite") else str(folder.resolve() / FILES))
        return Settings(url, environment.get("COMPTOIR_HOST", "127.0.0.1"), int(port), files=files)
