"""A run of the server below a cell of a notebook."""

from __future__ import annotations

from tests.sdk.lab import Lab

from runstone.sdk import Api


def test_a_run_shows_its_state_and_numbers(lab: Lab, api: Api) -> None:
    summary = {"loss": 0.12345, "<b>": 2, "_step": 9, "text": "x"}
    lab.log("carded", "cards", rows=[{"loss": 0.12345, "_step": 9}], summary=summary)
    html = api.run("ada/cards/carded")._repr_html_()
    assert f'href="{lab.url}/ada/cards/runs/carded"' in html
    assert "finished" in html
    assert "step 9" in html
    assert ">0.1235<" in html
    assert "&lt;b&gt;" in html
    assert "<b></td>" not in html
