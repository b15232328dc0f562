"""Files that appear whole or not at all, packed when asked."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path


def write_whole(path: Path, parts: Iterator[bytes | memoryview], *, compress: bool) -> Path:
    """Write beside `path` and rename; returns the path written.

    `compress` writes `path`.gz. The twin (packed or not) of an earlier write is removed, since OpenFOAM would read the
    plain one of the two. An error leaves what was there.
    """
    plain = path.with_name(path.name.removesuffix(".gz"))
    packed = plain.with_name(plain.name + ".gz")
    target, twin = (packed, plain) if compress or path == packed else (plain, packed)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as raw:
            if target == packed:
                with gzip.GzipFile(plain.name, "wb", 6, raw, mtime=0) as file:
                    file.writelines(parts)
            else:
                raw.writelines(parts)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    twin.unlink(missing_ok=True)
    return target
