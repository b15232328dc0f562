"""What is read for one view serves the others: the data of a run at a time, as long as they are used."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from flowcfd.errors import FlowError
from flowcfd.scene import Scene
from flowcfd.viewer.kinds import Spec

if TYPE_CHECKING:
    from flowcfd.scene.data import Data

MOST = 4
"""So many (run, time) are kept, the latest used."""


class Shared:
    """Reads scenes from JSON and lends them the data that were read before."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, float, int], Data] = OrderedDict()

    def read(self, spec: Spec) -> Scene:
        """The scene of a spec. Raises FlowError: it is not what a Scene writes, or its run is gone."""
        return self.lend(Scene.from_json(spec))

    def preload(self, spec: Spec) -> None:
        """Read what the scene of a spec needs; whatever is wrong with it is said by those who show it."""
        if "layers" in spec:
            with suppress(FlowError, KeyError, TypeError, OSError):
                self.read(spec)._data.bounds  # noqa: B018 - it reads the cells

    def lend(self, scene: Scene) -> Scene:
        """The same scene with data that are shared."""
        try:
            time = scene.results.last if scene.time is None else scene.time
        except FlowError:
            return scene  # nothing is written: there is nothing to share
        case = scene.results.case
        key = (str(case), time, _changed(case, time))
        found = self._known.pop(key, None) or scene._data
        self._known[key] = found
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        scene.__dict__["_data"] = found
        return scene


def _changed(case: Path, time: float) -> int:
    """When the fields of a time were written last [ns]."""
    found = [case / f"{time:g}", case / "processor0" / f"{time:g}"]
    return max((folder.stat().st_mtime_ns for folder in found if folder.is_dir()), default=0)
