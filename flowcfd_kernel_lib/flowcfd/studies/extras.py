"""The door to scikit-learn and SALib, which come with the extra `studies` and are loaded when they are needed."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from flowcfd.errors import SiteError


def salib(part: str) -> ModuleType:
    """The module SALib.<part>; SiteError where SALib is not installed."""
    return _loaded("SALib", part)


def sklearn(part: str) -> ModuleType:
    """The module sklearn.<part>; SiteError where scikit-learn is not installed."""
    return _loaded("sklearn", part)


def _loaded(package: str, part: str) -> ModuleType:
    try:
        return import_module(f"{package}.{part}")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != package:
            raise
        shown = {"sklearn": "scikit-learn"}.get(package, package)
        raise SiteError(f"{shown} is not installed: pip install 'flowcfd[studies]'") from None
