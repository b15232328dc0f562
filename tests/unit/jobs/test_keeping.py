"""A pool's keeper is ended by its process, and by no other that has its number."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from flowcfd.errors import SiteError
from flowcfd.jobs import lock, record
from flowcfd.jobs.executors.dask import keeping
from flowcfd.jobs.executors.dask.places import Place
from flowcfd.jobs.process import Identity


def test_a_number_that_is_another_process_by_now_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_END_TIMEOUT", 0.2)
    place = Place(tmp_path / "dask" / "pool")
    place.make()
    with subprocess.Popen(["sleep", "100"]) as other:
        try:
            found = Identity.of(other.pid)
            assert found is not None
            record.write(place.folder / "keeper.json", {"identity": vars(replace(found, start=found.start - 1))})
            assert not keeping.end(place)  # nobody has the lock
            held = lock.acquire(place.folder / "keeper.lock", patience=0.0)  # one that has not said who it is
            assert held is not None
            with pytest.raises(SiteError, match="does not say who it is"):
                keeping.end(place)
            os.close(held)
            assert other.poll() is None
        finally:
            other.kill()
