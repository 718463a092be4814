"""Runs every cell of a notebook in a real kernel, and writes what its saved file shows as a page.

    python notebook.py NOTEBOOK.ipynb PAGE.html

The notebook is run where the page is written. Runs go to the server that RUNSTONE_URL names.
"""

import sys
from html import escape
from pathlib import Path

import nbformat
from markdown_it import MarkdownIt
from nbclient import NotebookClient

STYLE = """
:root { color-scheme: light dark }
body { margin: 0; padding: 24px; font: 14px/1.55 system-ui, sans-serif;
  background: light-dark(#fff, #111); color: light-dark(rgb(0 0 0/.87), rgb(255 255 255/.87)) }
main { max-width: 1000px; margin: 0 auto }
section { display: grid; grid-template-columns: 52px minmax(0, 1fr); margin: 8px 0 }
section > :not(.count) { grid-column: 2; min-width: 0 }
.count { font: 12px/20px monospace; color: light-dark(#616161, #9e9e9e); padding-top: 8px }
pre { margin: 0; font: 13px/20px "JetBrains Mono", "DejaVu Sans Mono", monospace; overflow: hidden }
.source { padding: 8px 12px; border: 1px solid light-dark(#e0e0e0, #333);
  background: light-dark(#f7f7f7, #1a1a1a) }
.output { padding: 4px 12px; scroll-margin-bottom: 40px }
"""


def main(notebook: Path, page: Path) -> None:
    """Runs it, and writes the page."""
    text = notebook.read_text(encoding="utf-8").replace(', mode=\\"offline\\"', "")
    ran = nbformat.reads(text, as_version=4)
    NotebookClient(
        ran, kernel_name="python3", timeout=300, resources={"metadata": {"path": str(page.parent)}}
    ).execute()
    cells = "".join(section(cell) for cell in ran.cells)
    page.write_text(
        f"<!doctype html><meta charset=utf-8><title>{escape(notebook.name)}</title>"
        f"<style>{STYLE}</style><main>{cells}</main>",
        encoding="utf-8",
    )


def section(cell: nbformat.NotebookNode) -> str:
    """A cell as it is in a saved notebook."""
    if cell.cell_type == "markdown":
        return f"<section><div>{MarkdownIt().render(cell.source)}</div></section>"
    outputs = "".join(map(shown, cell.outputs))
    return (
        f'<section><div class="count">[{cell.execution_count}]:</div>'
        f'<pre class="source">{escape(cell.source)}</pre>{outputs}</section>'
    )


def shown(output: nbformat.NotebookNode) -> str:
    """Without its kernel, a notebook has no widgets: only what stands beside them."""
    if output.output_type == "stream":
        return f'<pre class="output">{escape(output.text)}</pre>'
    html = output.get("data", {}).get("text/html", "")
    return f'<div class="output">{html}</div>' if html else ""


main(Path(sys.argv[1]), Path(sys.argv[2]))
