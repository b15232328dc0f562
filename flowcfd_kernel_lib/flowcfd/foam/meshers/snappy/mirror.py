"""Planes of symmetry that are patches of the body: snapped as what they are not, they get their type afterwards.

The mesher moves no point of a patch of type symmetry out of its plane, so the patch would stay where the cells happened
to be: a duct that was half a cell too wide. As a plain patch of another name it is snapped like all others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flowcfd.foam.casefiles import Blob
from flowcfd.foam.dictionary.values import Named
from flowcfd.foam.text import text

if TYPE_CHECKING:
    from flowcfd.foam.meshers.snappy.task import Task

PATH = "system/createPatchDict"
STEP = "createPatch -overwrite"
SNAPPED = "_snapped"


def planes(task: Task) -> list[str]:
    """The patches of the body that are planes of symmetry."""
    return [name for name in task.wetted if task.types[name] == "symmetry"]


def name(task: Task, patch: str) -> str:
    """What a patch is called while it is snapped."""
    return f"{patch}{SNAPPED}" if patch in planes(task) else patch


def kind(task: Task, patch: str) -> str:
    """Its type while it is snapped."""
    return "patch" if patch in planes(task) else task.types.get(patch, "wall")


def files(task: Task) -> Mapping[str, str | Blob]:
    """The createPatchDict; nothing where no patch of the body is such a plane."""
    group = {"inGroups": f"({task.body.group})"} if task.body.group else {}
    info = {"type": "symmetry", **group}
    made = [
        Named("", {"name": one, "patchInfo": info, "constructFrom": "patches", "patches": f"({one}{SNAPPED})"})
        for one in planes(task)
    ]
    return {PATH: text(PATH, {"pointSync": False, "patches": made})} if made else {}
