"""Studies: what several computations say together that one cannot. Names are loaded on first use."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowcfd.studies.family import refine
    from flowcfd.studies.gci import GCI, gci
    from flowcfd.studies.independence import Independence, Level, independence
    from flowcfd.studies.point import Point
    from flowcfd.studies.study import Study
    from flowcfd.studies.study import all_studies as all
    from flowcfd.studies.study import open_study as open

__all__ = ["GCI", "Independence", "Level", "Point", "Study", "all", "gci", "independence", "open", "refine"]

_HOME = {
    "GCI": ("gci", "GCI"),
    "Independence": ("independence", "Independence"),
    "Level": ("independence", "Level"),
    "Point": ("point", "Point"),
    "Study": ("study", "Study"),
    "all": ("study", "all_studies"),
    "gci": ("gci", "gci"),
    "independence": ("independence", "independence"),
    "open": ("study", "open_study"),
    "refine": ("family", "refine"),
}


class _Studies(ModuleType):
    """This package, in which a verb goes before the module of the same name: importing that one does not hide it."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        if name not in _HOME:
            raise AttributeError(f"module 'flowcfd.studies' has no attribute {name!r}")
        module, own = _HOME[name]
        return getattr(import_module(f"flowcfd.studies.{module}"), own)


sys.modules[__name__].__class__ = _Studies
