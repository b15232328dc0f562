"""The verdict on a run: small judges look at its evidence, each answers green, amber or red with a reason.

Names are loaded on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowcfd.post.verdict.evidence import Evidence as Evidence
    from flowcfd.post.verdict.judge import JUDGES as JUDGES
    from flowcfd.post.verdict.judge import Judgement as Judgement
    from flowcfd.post.verdict.verdict import Verdict as Verdict
    from flowcfd.post.verdict.verdict import pronounce as pronounce

_HOME = {"Evidence": "evidence", "JUDGES": "judge", "Judgement": "judge", "Verdict": "verdict", "pronounce": "verdict"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'flowcfd.post.verdict' has no attribute {name!r}")
    return getattr(import_module(f"flowcfd.post.verdict.{_HOME[name]}"), name)
