import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.simulation.crash import Fuse, Killed, mortality


def rows(path: Path) -> int:
    connection = sqlite3.connect(path)
    count = connection.execute("SELECT count(*) FROM scan").fetchone()[0]
    connection.close()
    return int(count)


def write_two(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS scan (id INTEGER PRIMARY KEY)")
        connection.commit()
        connection.execute("INSERT INTO scan DEFAULT VALUES")
        connection.execute("INSERT INTO scan DEFAULT VALUES")


# Points: 1 CREATE, 2-3 commit, 4 INSERT, 5 INSERT, 6-7 commit.
@pytest.mark.parametrize(("points", "survive"), [(4, 0), (5, 0), (6, 0), (7, 2)])
def test_only_what_was_committed_before_the_death_survives(tmp_path: Path, points: int, survive: int):
    fuse = Fuse()
    with mortality(), fuse.inside():
        fuse.light(points)
        with pytest.raises(Killed):
            write_two(tmp_path / "main.db")
        fuse.bury()
        assert rows(tmp_path / "main.db") == survive


def test_a_dead_process_opens_and_writes_nothing_more(tmp_path: Path):
    fuse = Fuse()
    with mortality(), fuse.inside():
        connection = sqlite3.connect(tmp_path / "main.db")
        fuse.light(1)
        with pytest.raises(Killed):
            connection.execute("CREATE TABLE scan (id)")
        with pytest.raises(Killed):
            connection.execute("CREATE TABLE scan (id)")
        with pytest.raises(Killed):
            sqlite3.connect(tmp_path / "main.db")


def test_code_that_uses_sqlalchemy_dies_too(tmp_path: Path):
    fuse = Fuse()
    with mortality(), fuse.inside():
        engine = create_engine(f"sqlite:///{tmp_path}/main.db")
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE scan (id INTEGER PRIMARY KEY)"))
        fuse.light(2)  # 1 is the INSERT, 2 its commit
        with pytest.raises(Killed), engine.begin() as connection:
            connection.execute(text("INSERT INTO scan DEFAULT VALUES"))
        fuse.bury()
        assert rows(tmp_path / "main.db") == 0
        engine.dispose()


def test_other_processes_are_left_alone(tmp_path: Path):
    fuse = Fuse()
    with mortality():
        with fuse.inside():
            fuse.light(1)
        rows_of_another = sqlite3.connect(tmp_path / "other.db")
        rows_of_another.execute("CREATE TABLE scan (id)")
        rows_of_another.close()
    assert not fuse.dead
