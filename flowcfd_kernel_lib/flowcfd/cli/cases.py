"""`flowcfd adopt` and `diff`: look at cases as files."""

from __future__ import annotations

import os
import shutil
from argparse import Namespace
from pathlib import Path
from typing import Any

from flowcfd.cli import case, output
from flowcfd.errors import CaseError
from flowcfd.foam import code
from flowcfd.foam.adopt import adopt as adopt_directory
from flowcfd.foam.casefiles import Blob, CaseFiles
from flowcfd.foam.steps import steps as steps_of


def adopt(options: Namespace) -> int:
    """Say what a directory is as a case; write it elsewhere when asked."""
    files = adopt_directory(options.directory)
    if options.write is not None:
        write_new(files, options.write)
    if options.json:
        output.document(as_dict(files))
        return 0
    output.text(f"{files.name}: {len(files.files)} files")
    output.text("steps: " + ", then ".join(steps_of(files)))
    for place in code.directives(files):
        output.text(f"runs code of its own: {place}")
    output.table(("file", "size"), [(path, output.size(_size(files, path))) for path in files], numbers=("size",))
    return 0


def diff(options: Namespace) -> int:
    """Print the difference of two cases."""
    before, after = case.files(options.a), case.files(options.b)
    text = before.diff(after)
    if options.json:
        output.document({"equal": not text, "diff": text})
    else:
        output.coloured_diff(text)
    return 1 if text and options.exit_code else 0


def as_dict(files: CaseFiles) -> dict[str, Any]:
    """An adopted case for machines; `digest` is of its files and steps, a run's adds how it is divided among ranks."""
    return {
        "name": files.name,
        "digest": files.digest,
        "steps": steps_of(files),
        "files": {path: _size(files, path) for path in files},
        "code": [str(place) for place in code.directives(files)],
    }


def write_new(files: CaseFiles, target: Path) -> None:
    """Write into a directory that does not exist yet, whole or not at all."""
    if target.exists():
        raise CaseError(f"--write {target}: exists already; give a new directory")
    if not target.absolute().parent.is_dir():
        raise CaseError(f"--write {target}: there is no directory {target.absolute().parent}")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        files.write(part)
        part.rename(target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _size(files: CaseFiles, path: str) -> int:
    content = files.files[path]
    return content.size if isinstance(content, Blob) else len(content)
