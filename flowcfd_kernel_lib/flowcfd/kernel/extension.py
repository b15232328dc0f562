"""The IPython extension that the kernel loads at its start: magics, completion, errors in one line.

It must cost nothing: everything behind a magic is imported when the magic is first used.
"""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from types import TracebackType
from typing import TYPE_CHECKING, Any

from flowcfd import telling
from flowcfd.errors import FlowError
from flowcfd.jobs import waiting

if TYPE_CHECKING:
    from IPython.core.completer import CompletionContext, SimpleMatcherResult
    from IPython.core.interactiveshell import InteractiveShell

    from flowcfd.jobs.handle import Run

_MATCHER = "flowcfd_matcher"
_CELLS, _LINES = ("%%foam", "%%dict"), ("%foam ", "%dict ")


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Called by IPython; also by `%load_ext flowcfd.kernel.extension` in any other Python kernel."""

    def foam(line: str, cell: str | None = None) -> None:
        """A shell in a case's directory with OpenFOAM's environment: `%%foam [CASE]`, or `%foam COMMAND`."""
        magic = import_module("flowcfd.kernel.foam")
        magic.foam_line(shell, line) if cell is None else magic.foam_cell(shell, line, cell)

    def dictionary(line: str, cell: str | None = None) -> None:
        """Edit a dictionary: `%%dict CASE FILE [--delete ENTRY]`; show one: `%dict CASE FILE [ENTRY]`."""
        magic = import_module("flowcfd.kernel.edit")
        magic.show(shell, line) if cell is None else magic.edit_cell(shell, line, cell)

    def flowcfd_matcher(context: CompletionContext) -> SimpleMatcherResult:
        """Names of cases, files, entries and applications; a cheap look decides whether it is a cell of ours."""
        if not (context.full_text.startswith(_CELLS) or context.line_with_cursor.lstrip().startswith(_LINES)):
            return {"completions": []}
        result: SimpleMatcherResult = import_module("flowcfd.kernel.completion").match(shell, context)
        return result

    flowcfd_matcher.matcher_api_version = 2  # type: ignore[attr-defined]
    flowcfd_matcher.matcher_identifier = _MATCHER  # type: ignore[attr-defined]
    flowcfd_matcher.matcher_priority = 100  # type: ignore[attr-defined]

    shell.magics_manager.register_function(foam, magic_kind="line_cell", magic_name="foam")
    shell.magics_manager.register_function(dictionary, magic_kind="line_cell", magic_name="dict")
    unload_ipython_extension(shell)
    shell.Completer.custom_matchers.append(flowcfd_matcher)
    shell.set_custom_exc((FlowError, waiting.Detached), one_line)  # type: ignore[no-untyped-call]
    if hasattr(shell, "kernel"):  # a terminal has no display that can be updated
        formatter: Any = shell.display_formatter
        formatter.ipython_display_formatter.for_type_by_name("flowcfd.scene.scene", "Scene", _show_scene)
        shell.events.register("pre_run_cell", _get_ready)
        waiting.LISTENERS.append(_show_progress)
        telling.TELLERS.append(_show_many)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Called by IPython for `%unload_ext`; the magics stay."""
    matchers = shell.Completer.custom_matchers
    matchers[:] = [matcher for matcher in matchers if getattr(matcher, "matcher_identifier", "") != _MATCHER]
    waiting.LISTENERS[:] = [listener for listener in waiting.LISTENERS if listener is not _show_progress]
    with suppress(ValueError):
        shell.events.unregister("pre_run_cell", _get_ready)
    telling.TELLERS[:] = [teller for teller in telling.TELLERS if teller is not _show_many]
    shell.set_custom_exc((), None)  # type: ignore[no-untyped-call]


def _show_scene(scene: Any) -> None:
    import_module("flowcfd.kernel.scenes").show(scene)


def _get_ready(info: Any) -> None:
    """Start the render process beside a cell that will need it: it takes as long to start as the cell to read."""
    if "view(" not in info.raw_cell:
        return
    with suppress(FlowError):  # the cell itself says what is wrong with the settings
        here = import_module("flowcfd.jobs.live").has_front_end()  # a headless kernel shows pictures
        if here and import_module("flowcfd.viewer.way").way() == "live":
            import_module("flowcfd.viewer.process").render_process().start()


def _show_progress(run: Run, over: bool) -> None:
    import_module("flowcfd.kernel.progress").show(run, over)


def _show_many(who: object, words: str, fraction: float | None, over: bool) -> None:
    import_module("flowcfd.kernel.progress").show_many(who, words, fraction, over)


def one_line(
    shell: Any,
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
    tb_offset: int | None = None,
) -> list[str]:
    """Show a FlowError, or the interrupt of a wait, by its name and message alone.

    Its place is in the message, not in our source. The full traceback is kept for `%tb`.
    """
    import sys

    sys.last_type, sys.last_value, sys.last_traceback = kind, error, trace
    lines = [f"\033[1m{kind.__name__}\033[0m: {error}"]
    shell._showtraceback(kind, error, lines)
    return lines
