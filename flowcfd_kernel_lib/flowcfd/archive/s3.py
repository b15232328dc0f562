"""The S3 store: where it is, who we are to it, and what its answers mean. boto3 is loaded here only."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowcfd.errors import CaseError, SiteError, UnknownName
from flowcfd.jobs import process
from flowcfd.settings import settings

if TYPE_CHECKING:
    from types import ModuleType

FILE = "s3.yaml"
"""The file under FLOWCFD_HOME that holds what the environment does not; readable by its owner only."""
KEYS = ("S3_ENDPOINT", "S3_BUCKET", "S3_ACCESS_KEY", "S3_SECRET_KEY", "S3_REGION", "S3_PREFIX", "S3_CA")
MEND = f"set {', '.join(KEYS[:4])} in the environment, or as keys of the file FLOWCFD_HOME/{FILE} (mode 0600)"
RETRIES = 4
"""How often a call is made whose answer does not come."""

_CAUSES = {
    "SignatureDoesNotMatch": "refuses the secret key (S3_SECRET_KEY)",
    "InvalidAccessKeyId": "does not know the access key (S3_ACCESS_KEY)",
    "AccessDenied": "gives no right to that; ask its administrator for s3:GetObject, PutObject, ListBucket, "
    "DeleteObject and AbortMultipartUpload on this bucket and prefix",
    "403": "gives no right to that, or does not know the keys",
    "NoSuchBucket": "has no such bucket; make it, or set S3_BUCKET to another",
    "RequestTimeTooSkewed": "says that this machine's clock is wrong",
    "QuotaExceeded": "is full for this user",
    "InvalidBucketName": "takes no such name of a bucket (3 to 63 of a-z 0-9 . -)",
}


class Unreachable(SiteError):
    """The store gave no answer, or broke off in the middle of one."""


@dataclass(frozen=True)
class Access:
    """What is needed to reach the store; the secret is never shown. `endpoint` is empty for Amazon's own."""

    bucket: str
    access_key: str
    secret_key: str = field(repr=False)
    endpoint: str = ""
    region: str = "us-east-1"
    prefix: str = "flowcfd"
    ca: str = ""
    """A file of certificates that the store's own is signed by; empty: the system's."""


@dataclass(frozen=True)
class Store:
    """A bucket, and in it the folder of one user: `prefix`/`user`/."""

    access: Access
    user: str

    @property
    def bucket(self) -> str:
        """The name of the bucket."""
        return self.access.bucket

    @property
    def folder(self) -> str:
        """The beginning of all keys of this user."""
        prefix = self.access.prefix.strip("/")
        return f"{prefix}/{self.user}/" if prefix else f"{self.user}/"

    @property
    def place(self) -> str:
        """The store for people."""
        return f"s3://{self.bucket}/{self.folder}" + (f" at {self.access.endpoint}" if self.access.endpoint else "")

    @cached_property
    def client(self) -> Any:
        """boto3's client; SiteError where boto3 is not installed."""
        boto3, config = _boto3()
        access = self.access
        return boto3.client(
            "s3", endpoint_url=access.endpoint or None, region_name=access.region, verify=access.ca or None,
            aws_access_key_id=access.access_key, aws_secret_access_key=access.secret_key,
            config=config(
                signature_version="s3v4", connect_timeout=10, read_timeout=60,
                s3={"addressing_style": "path" if access.endpoint else "auto"},  # own stores have no names for buckets
                retries={"mode": "standard", "total_max_attempts": RETRIES},
                request_checksum_calculation="when_required", response_checksum_validation="when_required",
            ),
        )  # fmt: skip

    @contextmanager
    def asked(self, what: str) -> Iterator[None]:
        """SiteError with a cause for whatever the store answers to `what` instead of doing it."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            cause = _CAUSES.get(code) or f"answers {code}: {error.response.get('Error', {}).get('Message', '')}".strip()
            raise SiteError(f"{what}: {self.place} {cause}") from None
        except (BotoCoreError, OSError, ValueError) as error:
            raise Unreachable(f"{what}: {self.place} cannot be reached: {' '.join(str(error).split())}") from None


def store(*, user: str | None = None) -> Store:
    """The store that the environment or FLOWCFD_HOME/s3.yaml names; SiteError when none is, or its file is open to all.

    `user` is whose folder it is; this user's when not given.
    """
    name = user or process.user().replace(" ", "")
    if not re.fullmatch(r"[A-Za-z0-9_.@-]{1,64}", name):
        raise CaseError(f"user: must be 1 to 64 of A-Z a-z 0-9 _ . @ - (got {name!r})")
    return Store(access(settings().s3, settings().home / FILE), name)


def access(environ: Mapping[str, str], file: Path) -> Access:
    """What the variables and the file say, the variables first."""
    known = {**_read(file), **{name: value for name, value in environ.items() if value}}
    missing = [name for name in KEYS[1:4] if not known.get(name)]
    if missing:
        raise SiteError(f"no archive is set up: {', '.join(missing)} missing; {MEND}")
    endpoint = known.get("S3_ENDPOINT", "")
    if endpoint and not re.match(r"https?://[^/]+", endpoint):
        raise SiteError(f"S3_ENDPOINT: must be an address such as https://s3.example.org (got {endpoint!r})")
    return Access(
        bucket=known["S3_BUCKET"],
        access_key=known["S3_ACCESS_KEY"],
        secret_key=known["S3_SECRET_KEY"],
        endpoint=endpoint,
        region=known.get("S3_REGION", Access.region),
        prefix=known.get("S3_PREFIX", Access.prefix),
        ca=known.get("S3_CA", ""),
    )


def _read(file: Path) -> dict[str, str]:
    """The keys and values of the file; nothing where there is none."""
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SiteError(f"{file}: {error}") from None
    if mode & 0o077:
        raise SiteError(f"{file}: holds a secret and is open to others (mode {mode:04o}); chmod 600 {file}")
    import yaml  # for a file only

    try:
        raw = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise SiteError(f"{file}: is no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(raw, dict):
        raise SiteError(f"{file}: must hold keys and values; there are: {', '.join(KEYS)}")
    unknown = next((str(key) for key in raw if str(key) not in KEYS), None)
    if unknown is not None:
        raise UnknownName("key", unknown, KEYS, where=str(file))
    return {str(key): str(value) for key, value in raw.items() if value is not None}


def _boto3() -> tuple[ModuleType, Any]:
    try:
        import boto3
        from botocore.config import Config
    except ImportError:
        raise SiteError("boto3 is not installed: pip install 'flowcfd[cluster]'") from None
    return boto3, Config
