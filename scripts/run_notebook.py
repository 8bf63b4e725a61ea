"""Executes one notebook in the TypeScript kernel: run_notebook.py NOTEBOOK FOLDER OUTPUT.

The kernel works in FOLDER, and OUTPUT is written whole, and only where every cell passed. Each line printed is a JSON
object: {"cell", "cells"} when a code cell starts (counted from 1), and at the end {"passed": true} or
{"failed": {"cell", "source", "error"}}.
"""

import json
import os
import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

OUTPUT_SECONDS = 60


def report(**event):
    print(json.dumps(event), flush=True)


def error_text(cell, error):
    """What a failed cell says. The kernel writes it to stderr, there is no output of type error."""
    if isinstance(error, DeadKernelError):
        return "Error: the kernel has died (out of memory, killed, or ended by process.exit)"
    if isinstance(error, CellTimeoutError):
        return f"Error: the cell has ended, and its outputs did not arrive within {OUTPUT_SECONDS} seconds"
    written = "".join(o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stderr")
    return written.strip() or "Error: the kernel reports a failure and gives no reason"


def main(notebook_path, folder, output_path):
    notebook = nbformat.read(notebook_path, as_version=4)
    code_cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    current = {}

    def on_cell_execute(cell, cell_index):
        current["cell"] = cell
        current["number"] = next(n for n, other in enumerate(code_cells, 1) if other is cell)
        report(cell=current["number"], cells=len(code_cells))

    client = NotebookClient(
        notebook,
        kernel_name="tslab",
        timeout=None,
        startup_timeout=300,
        iopub_timeout=OUTPUT_SECONDS,
        raise_on_iopub_timeout=True,
        record_timing=False,
        coalesce_streams=True,
        on_cell_execute=on_cell_execute,
        resources={"metadata": {"path": folder}},
    )
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        cell = current["cell"]
        report(failed={"cell": current["number"], "source": cell.source, "error": error_text(cell, error)})
        return 1
    beside = f"{output_path}.{os.getpid()}.partial"
    nbformat.write(notebook, beside)
    os.replace(beside, output_path)
    report(passed=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
