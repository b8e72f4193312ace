"""A database that is not there yet, and several who begin with it in the same instant."""

from __future__ import annotations

import threading
from pathlib import Path

from sqlalchemy import Engine, text

from callassist.storage.engine import make_engine

AT_ONCE = 4


def test_who_opens_a_new_file_beside_others_waits_instead_of_failing(tmp_path: Path) -> None:
    for number in range(40):
        engines = [make_engine(f"sqlite:///{tmp_path / f'{number}.db'}") for _ in range(AT_ONCE)]
        assert opened_at_once(engines) == ["wal"] * AT_ONCE
        for engine in engines:
            engine.dispose()


def opened_at_once(engines: list[Engine]) -> list[object]:
    start, told = threading.Barrier(len(engines)), list[object]()

    def open_it(engine: Engine) -> None:
        start.wait()
        try:
            with engine.connect() as connection:
                told.append(connection.scalar(text("PRAGMA journal_mode")))
        except Exception as error:  # given back to the test
            told.append(error)

    threads = [threading.Thread(target=open_it, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told
