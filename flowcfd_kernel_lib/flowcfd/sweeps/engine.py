"""The engine `flowcfd` of papermill: its own engine's notebooks, executed by warm kernels.

    papermill --engine flowcfd in.ipynb out.ipynb -p speed 10

It is registered by the entry point `papermill.engine`. Papermill imports this module while it is itself being imported,
so nothing of papermill may be imported at the top.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

Tell = Callable[[int, int], None]
"""Told before each cell of code: its number from 1 and how many cells there are, without the injected one."""
SELDOM = 0.05
"""Time [s] within which a notebook is not saved twice for the end of one cell and the start of the next."""


class FlowCFDEngine:
    """What papermill asks of an engine; the work is done by a subclass of its own engine."""

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str | None, **options: Any) -> Any:
        """Execute a notebook and return it, as papermill's `Engine.execute_notebook`.

        Beside papermill's options: `hold`, an open file that is kept open until the kernel has ended; `tell`, called
        before each cell; `ahead=False` for a notebook that is the last one.
        """
        return _engine().execute_notebook(nb, kernel_name, **options)

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> Any:
        """The kernel that a notebook names."""
        return _engine().nb_kernel_name(nb, name)

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> Any:
        """The language that a notebook names."""
        return _engine().nb_language(nb, language)


@cache
def _engine() -> Any:
    from nbclient.exceptions import DeadKernelError
    from papermill.clientwrap import PapermillNotebookClient
    from papermill.engines import NBClientEngine
    from papermill.log import logger
    from papermill.utils import merge_kwargs, remove_args

    from flowcfd.sweeps import warm

    class Engine(NBClientEngine):  # type: ignore[misc]  # papermill is untyped
        """Papermill's engine with a warm kernel."""

        @classmethod
        def execute_managed_notebook(
            cls,
            nb_man: Any,
            kernel_name: str,
            log_output: bool = False,
            stdout_file: Any = None,
            stderr_file: Any = None,
            start_timeout: float = 60,
            execution_timeout: float | None = None,
            hold: int | None = None,
            tell: Tell | None = None,
            ahead: bool = True,
            **options: Any,
        ) -> Any:
            """Execute with a kernel that was never used, and have the next one started meanwhile."""
            options = remove_args(["input_path", "timeout", "startup_timeout"], **options)
            sources = [cell.source for cell in nb_man.nb.cells if cell.cell_type == "code"]
            words = list(options.pop("extra_arguments", ()))
            kernel = warm.take(kernel_name, preload=warm.modules(sources), more=words, timeout=start_timeout)
            try:
                if hold is not None:
                    kernel.hold(hold)
                client = PapermillNotebookClient(
                    nb_man,
                    km=kernel.manager,
                    **merge_kwargs(
                        options, timeout=execution_timeout, startup_timeout=start_timeout, kernel_name=kernel_name,
                        log=logger, log_output=log_output, stdout_file=stdout_file, stderr_file=stderr_file,
                    ),
                )  # fmt: skip
                client.kc = kernel.client
                client.kc.allow_stdin = False
                _telling(nb_man, tell, (lambda: warm.prepare(kernel)) if ahead else None)
                return client.execute(cleanup_kc=False)
            except DeadKernelError:
                raise DeadKernelError(f"the kernel died{kernel.ended()}") from None
            except BaseException:  # a timeout, or the end of this process: what the cell had started is to end too
                kernel.interrupt()
                raise
            finally:
                kernel.retire()

    return Engine


def _telling(nb_man: Any, tell: Tell | None, begun: Callable[[], None] | None) -> None:
    """Have `tell` told before each code cell, and `begun` called once, before the first cell."""
    start, complete, cells = nb_man.cell_start, nb_man.cell_complete, nb_man.nb.cells
    injected = next((n for n, cell in enumerate(cells) if "injected-parameters" in cell.metadata.get("tags", ())), None)
    first = [begun]

    def cell_start(cell: Any, cell_index: int | None = None, **options: Any) -> None:
        if first[0] is not None:  # before the cell's clock runs: it is no time of the cell's
            begin, first[0] = first[0], None
            begin()
        start(cell, cell_index, **options)
        if tell is not None and cell.cell_type == "code" and cell_index is not None:
            own = injected is None or cell_index < injected
            tell(cell_index + own, len(cells) - (injected is not None))

    def cell_complete(cell: Any, cell_index: int | None = None, **options: Any) -> None:
        # The next cell's start saves the notebook again: once is enough when cells take no time.
        recent = (nb_man.now() - nb_man.last_save_time).total_seconds() < SELDOM
        if recent:
            nb_man.save = lambda **_: None
        try:
            complete(cell, cell_index, **options)
        finally:
            if recent:
                del nb_man.save

    nb_man.cell_start, nb_man.cell_complete = cell_start, cell_complete
