from pathlib import Path

import pytest

from core.settings import SettingInvalid, Settings


def test_without_settings_the_core_is_a_file_in_its_folder(tmp_path):
    assert Settings.read({}, tmp_path) == Settings(f"sqlite:///{tmp_path}/core.db", "127.0.0.1", 8700)


def test_the_environment_says_where():
    environment = {"COMPTOIR_DATABASE_URL": "postgresql://x/y", "COMPTOIR_HOST": "0.0.0.0", "COMPTOIR_PORT": "0"}
    assert Settings.read(environment, Path()) == Settings("postgresql://x/y", "0.0.0.0", 0)


@pytest.mark.parametrize("port", ["x", "-1", "65536"])
def test_a_port_that_is_none_is_told(port):
    with pytest.raises(SettingInvalid, match="COMPTOIR_PORT"):
        Settings.read({"COMPTOIR_PORT": port}, Path())
