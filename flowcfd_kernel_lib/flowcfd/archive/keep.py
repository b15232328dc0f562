"""Put runs and studies into the archive, and take them out of it."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowcfd import jobs, studies, telling
from flowcfd.archive.bundle import SUFFIX, Bundle, part_size, size
from flowcfd.archive.entry import Entry, found, key, known, place
from flowcfd.archive.s3 import Store, Unreachable, store
from flowcfd.errors import CaseError, FlowError, RunError, SiteError, UnknownName
from flowcfd.jobs import lock, record
from flowcfd.jobs.handle import Run
from flowcfd.jobs.record import ACTIVE
from flowcfd.settings import settings
from flowcfd.studies import Study
from flowcfd.studies.point import told
from flowcfd.version import __version__

ATTEMPTS = 4
"""How often one part is sent before the upload is left for later."""


@dataclass(frozen=True)
class _Folder:
    """What is to be kept: a run's or a study's folder."""

    path: Path
    kind: str
    uid: str
    state: str
    created: float
    record: dict[str, Any]


def put(target: Run | Study | str | Path, *, remove: bool = False) -> Entry:
    """Archive a run that has ended, or a study and its runs; returns when the store has it, each part by its MD5.

    An upload that broke off goes on where it was. What is archived already and has not changed is not sent again.
    `remove` deletes the folder here, once the archive is whole; runs of a study that another has too stay. RunError for
    a run that is still computed; SiteError when the store refuses or cannot be reached: then nothing here has changed.
    """
    there = store()
    made = resolve(target)
    if isinstance(made, Study):
        return _study(there, made, remove)
    return _kept(there, _of_run(made), remove)


def targets(names: list[str]) -> list[Run | Study]:
    """The runs and studies of these names; the first unknown one is told before anything is done."""
    return [resolve(name) for name in names]


def resolve(target: Run | Study | str | Path) -> Run | Study:
    """The run or study that is meant; a name is a run's first."""
    if isinstance(target, (Run, Study)):
        return target
    if not isinstance(target, (str, Path)):
        raise CaseError(f"target: must be a Run, a Study or a name (got {type(target).__name__})")
    if (Path(target).expanduser() / "study.json").is_file():
        return studies.open(target)
    try:
        return jobs.open(target)
    except UnknownName as error:
        with contextlib.suppress(UnknownName):
            return studies.open(target)
        raise error from None


def delete(name: str) -> Entry:
    """Delete a bundle from the archive; what lies here stays."""
    there = store()
    entry = found(there, name)
    with there.asked(f"delete {name}"):
        there.client.delete_object(Bucket=there.bucket, Key=key(there, entry.kind, entry.name))
        there.client.delete_object(Bucket=there.bucket, Key=there.folder + entry.bundle)
    return entry


def _of_run(run: Run) -> _Folder:
    state = run.state
    if state in ACTIVE:
        raise RunError(
            f"is {state}: only a run that has ended is archived; run.stop() or run.wait() first", path=run.path
        )
    raw = json.loads((run.path / "job.json").read_text())
    return _Folder(run.path, "run", run.record.uid, state, run.record.created, raw)


def _study(there: Store, study: Study, remove: bool) -> Entry:
    """The study's own folder last: it is there when all its runs are."""
    if study.driven:
        raise RunError("is being computed; study.wait() or study.cancel() first", path=study.path)
    if not (study.path / "study.json").is_file():
        raise RunError("was never run: there is nothing to archive", path=study.path)
    runs = {point.run.path: point.run for point in study.points if point.run is not None}
    folders = [_of_run(run) for run in runs.values()]
    shared = _of_others(study.path)
    for folder in folders:
        _kept(there, folder, remove and folder.path.name not in shared)
    states = ", ".join(f"{count} {state}" for state, count in sorted(study.states.items()))
    raw = {**json.loads((study.path / "study.json").read_text()), "runs": [folder.path.name for folder in folders]}
    created = (study.path / "study.json").stat().st_mtime
    return _kept(there, _Folder(study.path, "study", study.digest[:32], states, created, raw), remove)


def _of_others(study: Path) -> set[str]:
    """The runs that other studies here have: equal points of two studies are one run."""
    folders = (file.parent for file in (settings().home / "studies").glob("[!.]*/study.json"))
    told_ = (one for folder in folders if folder != study for one in told(folder).values())
    return {str(one["run"]) for one in told_ if "run" in one}


def _kept(there: Store, folder: _Folder, remove: bool) -> Entry:
    name = folder.path.name
    with lock.held(folder.path / "lock"):  # nobody resumes or drives it meanwhile
        if folder.kind == "study" and lock.taken(folder.path / "driver.lock"):
            raise RunError("is being computed again", path=folder.path)
        if folder.kind == "run" and record.worker(folder.path) and (state := Run(folder.path).state) in ACTIVE:
            raise RunError(f"is {state} again", path=folder.path)
        try:
            entry = _sent(there, folder)
        finally:
            telling.tell(folder, "", over=True)
        if remove:
            gone = folder.path.with_name(f".gone-{name}")
            folder.path.rename(gone)
    if remove:
        shutil.rmtree(gone, ignore_errors=True)  # whoever submits a run removes what is left of it
    return entry


def _sent(there: Store, folder: _Folder) -> Entry:
    """The bundle in the store, and its manifest when the bundle is whole."""
    total, name = size(folder.path), folder.path.name
    bundle, before = Bundle(folder.path), known(there, folder.kind, name)
    target = f"{there.folder}{place(folder.kind, name)}/{folder.uid}{SUFFIX}"
    if before is not None and before.uid == folder.uid and _same(there, before, folder):
        return before
    with _upload(there, target) as upload:
        number = 0
        for number, part in enumerate(bundle.parts(part_size(total)), 1):
            upload.send(number, part)
            done = sum(file.size for file in bundle.files)
            telling.tell(folder, f"Archive {name}: {done / 1e6:.0f} of {total / 1e6:.0f} MB", done / max(1, total))
        upload.finish(number, bundle.size)
    entry = Entry(
        name=name, kind=folder.kind, uid=folder.uid, state=folder.state, user=there.user, created=folder.created,
        archived=time.time(), version=__version__, size=sum(file.size for file in bundle.files), packed=bundle.size,
        sha256=bundle.sha256, files=tuple(bundle.files), record=folder.record,
    )  # fmt: skip
    with there.asked(f"archive {name}"):
        there.client.put_object(
            Bucket=there.bucket, Key=key(there, folder.kind, name), Body=entry.to_json().encode(),
            ContentType="application/json",
        )  # fmt: skip
    return entry


def _same(there: Store, before: Entry, folder: _Folder) -> bool:
    """Whether the bundle that is there is of these files as they are now."""
    now = Bundle(folder.path)
    for _ in now.parts(1 << 24):
        pass
    if (now.sha256, now.size) != (before.sha256, before.packed):
        return False
    with there.asked(f"look at {before.name}"):
        head = there.client.head_object(Bucket=there.bucket, Key=there.folder + before.bundle)
        return int(head["ContentLength"]) == before.packed


@dataclass
class _Upload:
    """A multipart upload, perhaps one that another process began."""

    there: Store
    key: str
    id: str
    sent: dict[int, str]
    """The tags of the parts that the store has: their MD5."""

    def send(self, number: int, part: bytes) -> None:
        """Send one part, unless the store has it; again when the connection breaks."""
        tag = hashlib.md5(part, usedforsecurity=False)
        if self.sent.get(number) == tag.hexdigest():
            return
        check = base64.b64encode(tag.digest()).decode()
        for attempt in range(ATTEMPTS):
            try:
                with self.there.asked(f"send part {number}"):
                    answer = self.there.client.upload_part(
                        Bucket=self.there.bucket, Key=self.key, UploadId=self.id, PartNumber=number, Body=part,
                        ContentMD5=check,
                    )  # fmt: skip
                break
            except Unreachable as error:
                if attempt == ATTEMPTS - 1:
                    raise Unreachable(f"{error}; {number - 1} parts are there, put it again to go on") from None
                time.sleep(0.5 * 2**attempt)
        self.sent[number] = str(answer["ETag"]).strip('"')

    def finish(self, last: int, size: int) -> None:
        """Have the parts up to the last put together, and look whether all is there; later ones are of an older try."""
        parts = [{"PartNumber": number, "ETag": f'"{self.sent[number]}"'} for number in range(1, last + 1)]
        with self.there.asked("complete the upload"):
            self.there.client.complete_multipart_upload(
                Bucket=self.there.bucket, Key=self.key, UploadId=self.id, MultipartUpload={"Parts": parts}
            )
            head = self.there.client.head_object(Bucket=self.there.bucket, Key=self.key)
        if int(head["ContentLength"]) != size:
            raise SiteError(f"{self.there.place} holds {head['ContentLength']} of {size} bytes ({last} parts)")


@contextlib.contextmanager
def _upload(there: Store, key: str) -> Iterator[_Upload]:
    """The newest upload of this key that was begun and not completed, else a new one."""
    with there.asked("begin an upload"):
        begun = there.client.list_multipart_uploads(Bucket=there.bucket, Prefix=key).get("Uploads", [])
        same = sorted((one for one in begun if one["Key"] == key), key=lambda one: str(one["Initiated"]))
        if same:
            upload = _Upload(there, key, same[-1]["UploadId"], _parts(there, key, same[-1]["UploadId"]))
        else:
            made = there.client.create_multipart_upload(Bucket=there.bucket, Key=key, ContentType="application/zstd")
            upload = _Upload(there, key, made["UploadId"], {})
    try:
        yield upload
    except RunError:  # a file cannot be read: what was sent is of no use
        with contextlib.suppress(FlowError), there.asked("give up the upload"):
            there.client.abort_multipart_upload(Bucket=there.bucket, Key=key, UploadId=upload.id)
        raise


def _parts(there: Store, key: str, upload: str) -> dict[int, str]:
    pages = there.client.get_paginator("list_parts").paginate(Bucket=there.bucket, Key=key, UploadId=upload)
    parts: list[Mapping[str, Any]] = [part for page in pages for part in page.get("Parts", ())]
    return {int(part["PartNumber"]): str(part["ETag"]).strip('"') for part in parts}
