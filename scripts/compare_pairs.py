"""Compares notebooks with their paired text: compare_pairs.py NOTEBOOK.ipynb ...

Prints the difference of each pair's cells, as text; exit status 1 where there is any.
"""

import difflib
import sys
from pathlib import Path

import jupytext


def cells_as_text(path):
    notebook = jupytext.read(path)
    # What jupytext notes about itself is not the notebook's.
    notebook.metadata.pop("jupytext", None)
    notebook.metadata = {"kernelspec": notebook.metadata.get("kernelspec", {})}
    for cell in notebook.cells:
        cell.metadata = {"tags": cell.metadata["tags"]} if "tags" in cell.metadata else {}
    return jupytext.writes(notebook, fmt="ts:percent").splitlines()


def main(paths):
    different = False
    for path in map(Path, paths):
        pair = [path, path.with_suffix(".ts")]
        missing = [member.name for member in pair if not member.exists()]
        if missing:
            print(f"{path}: {missing[0]} is missing")
            different = True
            continue
        old, new = map(cells_as_text, pair)
        lines = list(difflib.unified_diff(old, new, pair[0].name, pair[1].name, n=2, lineterm=""))
        if lines:
            print(f"{path} and its .ts file differ:", *lines, sep="\n")
            different = True
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
