"""The overlay: files given as text, merged last over what a Case renders to."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator

from flowcfd.case.spec import FrozenDict, Location, Text, refusal


def _inside(files: dict[str, str]) -> FrozenDict[str, str]:
    problems: list[tuple[Location, str, object]] = []
    for path in files:
        pure = PurePosixPath(path)
        if not pure.parts or pure.is_absolute() or ".." in pure.parts or str(pure) != path or not path.isprintable():
            problems.append(((path,), "must be a plain relative path inside the case", path))
        over = next((str(parent) for parent in pure.parents if str(parent) in files), None)
        if over is not None:
            problems.append(((path,), f"cannot be inside {over!r}, which is a file", path))
    if problems:
        raise refusal(problems)
    return FrozenDict(files)


Overlay = Annotated[dict[str, Text], AfterValidator(_inside)]
