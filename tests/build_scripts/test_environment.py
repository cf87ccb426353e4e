"""The environment is made once, and again only when something that matters has changed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import environment


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A virtual environment that looks installed to run, without being one."""
    folder = tmp_path / ".venv"
    monkeypatch.setattr(environment, "VENV", folder)
    environment.python_path().parent.mkdir(parents=True)
    environment.python_path().touch()
    environment.stamp_path("run").write_text(environment.fingerprint("run"))
    return folder


def test_what_is_installed_is_not_installed_again(venv):
    assert environment.is_current("run")
    assert not environment.is_current("test")


def test_a_test_environment_also_serves_to_run(venv):
    environment.stamp_path("run").unlink()
    environment.stamp_path("test").write_text(environment.fingerprint("test"))
    assert environment.is_current("run")


def test_a_changed_lock_is_installed(venv, tmp_path, monkeypatch):
    lock = tmp_path / "requirements.lock"
    lock.write_text("one==1\n")
    monkeypatch.setitem(environment.LOCKS, "run", lock)
    assert not environment.is_current("run")


def test_a_removed_environment_is_made_again(venv):
    environment.python_path().unlink()
    assert not environment.is_current("run")


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="only where there is a root user")
def test_who_may_not_install_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(environment.EnvironmentProblem, match="libzbar0 chromium"):
        environment.install_from_debian(["libzbar0", "chromium"])


def test_a_missing_camera_library_does_not_keep_the_app_from_running(monkeypatch, capsys):
    monkeypatch.setattr(environment, "has_zbar", lambda: False)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    environment.install_system_packages("run")
    assert "hardware scanner works" in capsys.readouterr().err
    with pytest.raises(environment.EnvironmentProblem):
        environment.install_system_packages("test")


def test_it_needs_nothing_but_a_plain_python():
    script = environment.ROOT / "build_scripts/environment.py"
    plain = subprocess.run(["python3", "-I", "-S", script, "--help"], capture_output=True, text=True, check=False)
    assert plain.returncode == 0, plain.stderr
