"""`flowcfd verdict`: whether the numbers of a run can be believed."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Final

from flowcfd.cli import output
from flowcfd.cli.results import target
from flowcfd.post import results as open_results

if TYPE_CHECKING:
    from rich.text import Text

    from flowcfd.post.verdict import Judgement, Verdict

PAINT: Final = {"green": "green", "amber": "yellow", "red": "bold red", "grey": "dim"}


def verdict(options: Namespace) -> int:
    """Print the verdict and all judgements; 1 when it is red."""
    found = open_results(target(options.run), wait=False).verdict
    if options.json:
        output.document({"case": found.title, **found.to_json()})
    else:
        _print(found)
    return 1 if found.colour == "red" else 0


def _print(found: Verdict) -> None:
    from rich.text import Text

    console = output.console()
    head, _, rest = found.line.partition(":")
    console.print(Text.assemble((head, PAINT[found.colour]), f":{rest}  {found.title}"))
    if found.doubt:
        console.print(Text(f"  {found.doubt}", style=PAINT["amber"]))
    width = max(len(each.name) for each in found.judgements)
    for each in found.judgements:
        console.print(_line(each, width), soft_wrap=not console.is_terminal)


def _line(each: Judgement, width: int) -> Text:
    from rich.text import Text

    quiet = PAINT["grey"] if each.colour == "grey" else ""
    limit = (f"  [limit {each.limit}]", PAINT["grey"]) if each.limit and each.colour in ("amber", "red") else ""
    return Text.assemble(
        (f"  {each.colour:5}  ", PAINT[each.colour]), (f"{each.name:{width}}  ", quiet), (each.sentence, quiet), limit
    )
