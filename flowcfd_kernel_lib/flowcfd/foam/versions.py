"""The releases of OpenFOAM that FlowCFD knows, in one table.

Only 1912 (Debian 12 and Ubuntu 22.04) was run by us; the other rows are the releases of www.openfoam.com that keep its
dictionaries, and say where a file that FlowCFD reads is known to look different. Readers therefore go by the names in
a file's header, never by the number of a column. The OpenFOAM of openfoam.org (version 7, 8, 9, ...) has other solvers
and dictionaries and is refused.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Version:
    """One release: `api` is its number of year and month, `differs` what is known to differ from 1912."""

    api: int
    run_by_us: bool = False
    differs: str = ""

    @property
    def name(self) -> str:
        """The name as people write it, such as "1912"."""
        return str(self.api)


_FORCES = "forces and coefficients: columns in another order and without brackets"

VERSIONS: dict[str, Version] = {
    version.name: version
    for version in (
        Version(1912, run_by_us=True),
        Version(2006),
        Version(2012),
        Version(2106),
        Version(2112),
        Version(2206, differs=_FORCES),
        Version(2212, differs=_FORCES),
        Version(2306, differs=_FORCES),
        Version(2312, differs=_FORCES),
        Version(2406, differs=_FORCES),
    )
}
"""Known releases by name, oldest first."""

OLDEST, NEWEST = min(v.api for v in VERSIONS.values()), max(v.api for v in VERSIONS.values())
