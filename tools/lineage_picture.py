"""The picture of docs/how-to/follow-the-lineage.md: `python -m tools.lineage_picture EVENTS.jsonl > graph.dot`.

Draws the datasets and jobs of OpenLineage events as a viewer of lineage does, with the published tables that are made
of figures as one node: `civic-assets lineage --out EVENTS.jsonl`, then `dot -Tsvg graph.dot`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

_OBSERVATIONS = "published.harmonised.observations"
_OTHERS = "the other published tables"


def graph(events: list[dict[str, object]]) -> str:
    """The graph in the language of Graphviz.

    Args:
        events: Events, as `json.loads` gives them.
    """
    edges: set[tuple[str, str]] = set()
    datasets: set[str] = set()
    jobs: set[str] = set()
    for event in events:
        job = f"job {event['job']['name']}"  # type: ignore[index]
        jobs.add(job)
        for side in ("inputs", "outputs"):
            for one in event[side]:  # type: ignore[attr-defined]
                name = one["name"]
                if name.startswith("published.") and name != _OBSERVATIONS:
                    name = _OTHERS
                datasets.add(name)
                if side == "outputs":
                    edges.add((job, name))
                elif job != "job publish" or not name.startswith("published."):
                    edges.add((name, job))
    lines = ["digraph lineage {", '  rankdir=LR; bgcolor="white"; node [fontname="sans-serif" fontsize=11];']
    lines += [
        f'  "{name}" [shape=box style="rounded,filled" fillcolor="#e6eef6"];' for name in sorted(datasets)
    ]
    lines += [
        f'  "{name}" [label="{name.removeprefix("job ")}" shape=ellipse style=filled fillcolor="#f3f4f5"];'
        for name in sorted(jobs)
    ]
    lines += [f'  "{start}" -> "{end}";' for start, end in sorted(edges)]
    return "\n".join([*lines, "}"]) + "\n"


if __name__ == "__main__":
    content = Path(sys.argv[1]).read_text(encoding="utf-8")
    sys.stdout.write(graph([json.loads(line) for line in content.splitlines()]))
