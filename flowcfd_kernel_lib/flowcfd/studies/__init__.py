"""Studies: what several computations say together that one cannot."""

from flowcfd.studies.gci import GCI, gci

__all__ = ["GCI", "gci"]
