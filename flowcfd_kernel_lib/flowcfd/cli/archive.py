"""`flowcfd archive`: finished runs in an S3 store."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from flowcfd import archive
from flowcfd.archive.entry import Entry
from flowcfd.archive.lifecycle import current
from flowcfd.cli import output, waits
from flowcfd.errors import CaseError, RunError, listed
from flowcfd.jobs.handle import Run


def put(options: Namespace) -> int:
    """Archive runs and studies; all names are looked up before the first is sent."""
    there = archive.store()
    entries = []
    with waits.shown(quiet=options.json):
        for target in archive.targets(options.names):
            entry = archive.put(target, remove=options.remove)
            entries.append(entry)
            if not options.json:
                left = ", removed here" if options.remove else ""
                output.text(f"{entry.name}: {_told(entry)} in {there.place}{left}")
    if options.json:
        output.document([_as_dict(entry) for entry in entries])
    return 0


def list_(options: Namespace) -> int:
    """What lies in the archive, the newest first."""
    entries = archive.list(user=options.user)
    if options.json:
        output.document([_as_dict(entry) for entry in entries])
    elif not entries:
        output.text(f"nothing in {archive.store(user=options.user).place}")
    else:
        output.table(
            ("name", "kind", "state", "made", "archived", "size", "packed"),
            [(entry.name, entry.kind, entry.state, output.moment(entry.created)[:16],
              output.moment(entry.archived)[:16], output.size(entry.size), output.size(entry.packed))
             for entry in entries],
            numbers=("size", "packed"),
        )  # fmt: skip
    return 0


def restore(options: Namespace) -> int:
    """Bring one back."""
    with waits.shown(quiet=options.json):
        found = archive.restore(options.name, to=options.to, user=options.user)
    if options.json:
        output.document({"path": found.path, "kind": "run" if isinstance(found, Run) else "study"})
    else:
        output.text(f"{found.path}")
    return 0


def link(options: Namespace) -> int:
    """Print an address from which it can be fetched for some time."""
    address = archive.link(options.name, valid=options.valid)
    if options.json:
        output.document({"link": address, "valid": options.valid})
    else:
        output.text(address)
    return 0


def delete(options: Namespace) -> int:
    """Delete bundles from the archive."""
    if not options.yes:
        raise CaseError(f"archive delete: nothing brings back {listed(options.names)}; say --yes to delete for good")
    entries = [archive.delete(name) for name in options.names]
    if options.json:
        output.document([entry.name for entry in entries])
    else:
        output.text("\n".join(f"{entry.name}: deleted from the archive" for entry in entries))
    return 0


def rule(options: Namespace) -> int:
    """Show or set how long the store keeps what."""
    if options.show:
        found = current(everybody=options.everybody)
        if found is None:
            raise RunError("no rule stands; set one: flowcfd archive rule [--expire DAYS]")
    else:
        found = archive.rule(expire=options.expire, incomplete=options.incomplete, everybody=options.everybody)
    if options.json:
        output.document({"prefix": found.prefix, "expire": found.expire, "incomplete": found.incomplete})
    else:
        kept = "for ever" if found.expire is None else f"{found.expire} days"
        output.text(f"{found.prefix}: bundles are kept {kept}, rests of broken uploads {found.incomplete} days")
    return 0


def _told(entry: Entry) -> str:
    share = entry.packed / max(1, entry.size)
    return f"{len(entry.files)} files, {output.size(entry.size)}, packed {output.size(entry.packed)} ({share:.0%})"


def _as_dict(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.name, "kind": entry.kind, "uid": entry.uid, "state": entry.state, "user": entry.user,
        "created": entry.created, "archived": entry.archived, "files": len(entry.files), "size": entry.size,
        "packed": entry.packed, "sha256": entry.sha256,
    }  # fmt: skip
