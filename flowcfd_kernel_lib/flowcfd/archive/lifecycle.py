"""How long the store keeps bundles, and uploads that were never completed: a lifecycle rule of the bucket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flowcfd.archive.s3 import Store, store
from flowcfd.errors import CaseError

INCOMPLETE = 7


@dataclass(frozen=True)
class Rule:
    """What the store deletes by itself [days]: bundles (None: never), and uploads that were not completed."""

    prefix: str
    expire: int | None
    incomplete: int


def rule(*, expire: int | None = None, incomplete: int = INCOMPLETE, everybody: bool = False) -> Rule:
    """Set how many days the store keeps the bundles of this user (None: for ever) and the rests of broken uploads.

    `everybody`: of all users under the prefix, for an administrator. Other rules of the bucket stay.
    """
    for name, days in (("expire", expire), ("incomplete", incomplete)):
        if days is not None and (isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= 36500):
            raise CaseError(f"{name}: must be 1 to 36500 whole days (got {days!r})")
    there = store()
    made = Rule(_prefix(there, everybody), expire, incomplete)
    raw: dict[str, Any] = {
        "ID": _name(made.prefix),
        "Status": "Enabled",
        "Filter": {"Prefix": made.prefix},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": incomplete},
    }
    if expire is not None:
        raw["Expiration"] = {"Days": expire}
    others = [one for one in _rules(there) if one.get("ID") != raw["ID"]]
    with there.asked("set the rule"):
        there.client.put_bucket_lifecycle_configuration(
            Bucket=there.bucket, LifecycleConfiguration={"Rules": [*others, raw]}
        )
    return made


def current(*, everybody: bool = False) -> Rule | None:
    """The rule that stands now."""
    there = store()
    prefix = _prefix(there, everybody)
    for one in _rules(there):
        if one.get("ID") == _name(prefix):
            days = one.get("AbortIncompleteMultipartUpload", {}).get("DaysAfterInitiation", INCOMPLETE)
            return Rule(prefix, one.get("Expiration", {}).get("Days"), int(days))
    return None


def _prefix(there: Store, everybody: bool) -> str:
    prefix = there.access.prefix.strip("/")
    return (f"{prefix}/" if prefix else "") if everybody else there.folder


def _name(prefix: str) -> str:
    return f"flowcfd {prefix or '(all)'}"[:255]


def _rules(there: Store) -> list[dict[str, Any]]:
    from botocore.exceptions import ClientError

    with there.asked("read the rules"):
        try:
            answer = there.client.get_bucket_lifecycle_configuration(Bucket=there.bucket)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in ("NoSuchLifecycleConfiguration", "404"):
                return []
            raise
        return list(answer.get("Rules", ()))
