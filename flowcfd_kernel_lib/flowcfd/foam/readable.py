"""Whether the dictionaries of a case can be read at all: what OpenFOAM would only say after the run has begun."""

from __future__ import annotations

from pathlib import PurePosixPath

from flowcfd.errors import DictionaryError
from flowcfd.foam import dictionary
from flowcfd.foam.casefiles import Blob, CaseFiles

ALWAYS_READ = frozenset({"system/controlDict", "system/fvSchemes", "system/fvSolution"})
"""Files that every solver reads, whatever they begin with."""
HEAD = 4096
"""The first characters of a file, in which a header would stand."""


def unreadable(casefiles: CaseFiles) -> list[str]:
    """The first mistake in each dictionary that cannot be parsed, "system/fvSolution:53:1: ...", in their order.

    Looked at are texts with a FoamFile header. Files with an ending (`blockMeshDict.m4`, `U.orig`) and folders with
    one (`0.orig`) are read by no solver; files kept by reference are fields and meshes.
    """
    found = []
    for path, content in casefiles.files.items():
        if isinstance(content, Blob):
            if path in ALWAYS_READ:
                found.append(f"{path}: is no text ({content.size} bytes)")
            continue
        if not is_dictionary(path, content):
            continue
        try:
            dictionary.parse(content, path=path)
        except DictionaryError as error:
            found.append(str(error))
    return found


def is_dictionary(path: str, text: str) -> bool:
    """Whether OpenFOAM would read a text as a dictionary of the case."""
    if path in ALWAYS_READ:
        return True
    folders = PurePosixPath(path).parts[:1]
    return not PurePosixPath(path).suffix and not PurePosixPath(*folders).suffix and "FoamFile" in text[:HEAD]
