"""Charts that runs logged: which table, and by which preset or custom chart it is drawn.

Clients say so beside the config. What is not understood is passed over: the table stays.

Source: wandb 0.19 to 0.31, `plot/custom_chart.py` (`visualize`) and `plot/viz.py` (`viz`);
Runstone's own client says the same in the same words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

CHARTS_KEY: Final = "visualize"
"""Where in `RunDocuments.client_info` charts are, by the key that they were logged under."""
_SPECS_KEY: Final = "viz"
"""Where those are that name a spec alone."""


@dataclass(frozen=True, slots=True)
class LoggedChart:
    """How a run wants one of its tables drawn.

    Attributes:
        key: What it was logged under.
        spec: A preset such as `wandb/line/v0`, or a custom chart as `entity/name`.
        table: The key that holds the table.
        fields: By field of the spec, the column of the table.
        texts: By text of the spec, what it is: `title`, `x-axis-title`, ….
    """

    key: str
    spec: str
    table: str
    fields: Mapping[str, str]
    texts: Mapping[str, str]


def read_charts(client_info: Mapping[str, Any]) -> list[LoggedChart]:
    """The charts that a client has told of, by key."""
    found = [
        chart
        for key, document in _object(client_info.get(CHARTS_KEY)).items()
        if (chart := _chart(key, _object(_object(document).get("panel_config"))))
    ]
    for key, document in _object(client_info.get(_SPECS_KEY)).items():
        if isinstance(spec := _object(document).get("id"), str) and spec:
            found.append(LoggedChart(key, spec, key, {}, {}))
    return sorted(found, key=lambda chart: chart.key)


def _chart(key: str, config: Mapping[str, Any]) -> LoggedChart | None:
    spec = config.get("panelDefId")
    if not isinstance(spec, str) or not spec:
        return None
    table = next(_table_keys(config.get("userQuery")), f"{key}_table")
    fields, texts = _texts(config.get("fieldSettings")), _texts(config.get("stringSettings"))
    return LoggedChart(key, spec, table, fields, texts)


def _table_keys(query: Any) -> Iterator[str]:
    """What a query's arguments of that name say, at any depth."""
    if isinstance(query, list):
        for part in query:
            yield from _table_keys(part)
    elif isinstance(query, dict):
        if query.get("name") == "tableKey" and isinstance(key := query.get("value"), str) and key:
            yield key
        for part in query.values():
            yield from _table_keys(part)


def _texts(value: Any) -> dict[str, str]:
    return {name: text for name, text in _object(value).items() if isinstance(text, str)}


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
