from pathlib import Path

import pytest

from core.settings import SettingInvalid, Settings


def test_without_settings_the_core_is_a_file_in_its_folder(tmp_path):
    assert Settings.read({}, tmp_path) == Settings(f"sqlite:///{tmp_path}/core.db", "127.0.0.1", 8700)


def test_the_environment_says_where():
    environment = {"COMPTOIR_DATABASE_URL": "postgresql://x/y", "COMPTOIR_HOST": "0.0.0.0", "COMPTOIR_PORT": "0"}
    files = str(Path("device-files").resolve())
    assert Settings.read(environment, Path()) == Settings("postgresql://x/y", "0.0.0.0", 0, files=files)


def test_the_files_of_new_devices_lie_beside_the_database_or_where_the_environment_says(tmp_path):
    assert Settings.read({}, tmp_path).file_folder == tmp_path / "device-files"
    assert Settings.read({"COMPTOIR_FILES": "/srv/files"}, tmp_path).file_folder == Path("/srv/files")
    assert Settings("postgresql://x/y").file_folder.is_absolute()


@pytest.mark.parametrize("port", ["x", "-1", "65536"])
def test_a_port_that_is_none_is_told(port):
    with pytest.raises(SettingInvalid, match="COMPTOIR_PORT"):
        Settings.read({"COMPTOIR_PORT": port}, Path())
