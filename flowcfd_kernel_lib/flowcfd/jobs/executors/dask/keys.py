"""Who may connect to a pool: who has its key. Dask's ports would be a way to run any code, for everybody on the net."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from distributed.security import Security


def make(folder: Path) -> None:
    """Write a new key and certificate that only their owner can read; they are of this pool, and of no other use."""
    from distributed.security import Security

    made = Security.temporary()  # type: ignore[no-untyped-call]
    for name, text in (("cert.pem", made.tls_ca_file), ("key.pem", made.tls_client_key)):
        part = folder / f".{name}.part"
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        part.replace(folder / name)


def security(certificate: Path, key: Path) -> Security:
    """TLS with this key for all who talk to each other, and nothing without."""
    from distributed.security import Security

    cert, secret = str(certificate), str(key)
    return Security(  # type: ignore[no-untyped-call]
        require_encryption=True, tls_ca_file=cert,
        tls_client_cert=cert, tls_client_key=secret,
        tls_scheduler_cert=cert, tls_scheduler_key=secret,
        tls_worker_cert=cert, tls_worker_key=secret,
    )  # fmt: skip
