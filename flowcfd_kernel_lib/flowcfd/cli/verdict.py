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
    if console.is_terminal:
        output.hanging([_entry(each) for each in found.judgements])
        return
    width = max(len(each.name) for each in found.judgements)
    for each in found.judgements:
        name, sentence = _entry(each, width)
        console.print(Text.assemble(name, "  ", sentence), soft_wrap=True)


def _entry(each: Judgement, width: int = 0) -> tuple[Text, Text]:
    """The colour with the name of the criterion, and what it says."""
    from rich.text import Text

    quiet = PAINT["grey"] if each.colour == "grey" else ""
    limit = (f"  [limit {each.limit}]", PAINT["grey"]) if each.limit and each.colour in ("amber", "red") else ""
    name = Text.assemble((f"  {each.colour:5}  ", PAINT[each.colour]), (f"{each.name:{width}}", quiet))
    return name, Text.assemble((each.sentence, quiet), limit)
