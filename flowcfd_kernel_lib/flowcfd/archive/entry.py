"""What lies in the archive: one manifest for each bundle, written when the bundle is whole."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

from flowcfd.archive.bundle import SUFFIX, File
from flowcfd.archive.s3 import Store, store
from flowcfd.errors import CaseError, ResultError, UnknownName
from flowcfd.jobs.folders import called

SCHEMA = 1
AT_ONCE = 16

_MANIFEST = "/manifest.json"
_NAME = re.compile(r"[A-Za-z0-9_][^/\0]*")


@dataclass(frozen=True)
class Entry:
    """A bundle in the archive. `size` and `packed` are bytes before and after compression; times since the epoch [s].

    `kind` is "run" or "study"; `record` is its job.json or study.json, so that it can be told without the bundle.
    """

    name: str
    kind: str
    uid: str
    state: str
    user: str
    created: float
    archived: float
    version: str
    size: int
    packed: int
    sha256: str
    files: tuple[File, ...]
    record: dict[str, Any]

    @property
    def folder(self) -> str:
        """The part of its keys behind the user's folder."""
        return place(self.kind, self.name)

    @property
    def bundle(self) -> str:
        """The part of the bundle's key behind the user's folder."""
        return f"{self.folder}/{self.uid}{SUFFIX}"

    def to_json(self) -> str:
        """The manifest."""
        return json.dumps({"schema": SCHEMA, **asdict(self)}, indent=1)


def place(kind: str, name: str) -> str:
    """Where a bundle lies in the user's folder."""
    return f"{'studies' if kind == 'study' else 'runs'}/{name}"


def entries(*, user: str | None = None, kind: str | None = None) -> list[Entry]:
    """All bundles of a user (this one's when not given), the newest first; of one kind ("run", "study") if asked."""
    if kind not in (None, "run", "study"):
        raise UnknownName("kind", str(kind), ("run", "study"), where="kind")
    there = store(user=user)
    with ThreadPoolExecutor(AT_ONCE) as several:
        found = [entry for entry in several.map(lambda key: _read(there, key), manifests(there)) if entry is not None]
    return sorted((one for one in found if kind in (None, one.kind)), key=lambda one: one.archived, reverse=True)


def manifests(there: Store) -> list[str]:
    """The keys of all manifests of the store's user."""
    with there.asked("list the archive"):
        pages = there.client.get_paginator("list_objects_v2").paginate(Bucket=there.bucket, Prefix=there.folder)
        return [item["Key"] for page in pages for item in page.get("Contents", ()) if item["Key"].endswith(_MANIFEST)]


def key(there: Store, kind: str, name: str) -> str:
    """The key of a manifest."""
    return f"{there.folder}{place(kind, name)}{_MANIFEST}"


def found(there: Store, name: str) -> Entry:
    """The bundle of this name, or of the only one that begins like that; UnknownName lists what there is."""
    keys = {item[len(there.folder) : -len(_MANIFEST)].partition("/")[2]: item for item in manifests(there)}
    same = called(name, keys)
    if len(same) > 1:
        raise CaseError(f"archive: {name!r} may be any of {', '.join(sorted(same))}")
    if not same:
        raise UnknownName("archived run", name, keys, where=there.place)
    entry = _read(there, keys[same[0]])
    if entry is None:
        raise ResultError(f"{there.place}{keys[same[0]]}: no manifest that this version understands")
    return entry


def known(there: Store, kind: str, name: str) -> Entry | None:
    """What is archived under exactly this name."""
    return _read(there, key(there, kind, name))


def _read(there: Store, key: str) -> Entry | None:
    """The manifest under a key; None where there is none, or none that can be understood."""
    from botocore.exceptions import ClientError

    with there.asked("read the archive"):
        try:
            raw = json.loads(there.client.get_object(Bucket=there.bucket, Key=key)["Body"].read())
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in ("NoSuchKey", "404"):
                return None
            raise
        except ValueError:
            return None
    try:
        if raw.pop("schema") != SCHEMA:
            return None
        entry = Entry(**{**raw, "files": _files(raw["files"])})
    except (KeyError, TypeError, AttributeError):
        return None
    lies = key.removeprefix(there.folder).removesuffix(_MANIFEST)
    return entry if entry.folder == lies and _NAME.fullmatch(entry.name) else None  # it names a folder here


def _files(raw: Sequence[dict[str, Any]]) -> tuple[File, ...]:
    return tuple(File(**file) for file in raw)
