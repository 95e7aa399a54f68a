"""Pages of the MLflow UI made ready: what "Share" of its runs page would have stored.

MLflow keeps such a page as a tag of the experiment, in a form that is its own affair (3.17).
Should it change, the page opens without charts and the runs are there all the same.
"""

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from objectives.scores import METRICS

TAG = "mlflow.sharedViewState."
FRONTS, CONVERGENCE = "pareto-fronts", "convergence"
TITLES: Mapping[str, str] = {FRONTS: "Pareto fronts", CONVERGENCE: "Convergence"}
"""Key of a page -> what people call it."""
MODE = "&compareRunsMode=CHART&workflowType=machine_learning"
SECTION = "dse"
MOST_AXES = 12
"""Lines of parallel coordinates cannot be told apart on more."""
MOST_RUNS = 1000
CARD_PX = 380


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the studies of an experiment have: objectives, and parameters that are searched."""

    objectives: tuple[str, ...]
    parameters: tuple[str, ...]


def link(experiment: str, key: str) -> str:
    """The part of an address behind the host that opens a page."""
    return f"/#/experiments/{experiment}/runs?viewStateShareKey={key}" + MODE


def tags(shown: Shown) -> dict[str, str]:
    """The tags of an experiment that hold the pages."""
    states = {FRONTS: _fronts(shown), CONVERGENCE: _convergence()}
    return {f"{TAG}{key}": encoded(state) for key, state in states.items()}


def encoded(state: Mapping[str, Any]) -> str:
    """A page as MLflow stores it: JSON, deflated, for a tag has room for 5,000 characters."""
    packed = zlib.compress(json.dumps(state, separators=(",", ":")).encode(), 9)
    return f"deflate;{base64.b64encode(packed).decode()}"


def metric_name(objective: str) -> str:
    """The metric to draw: charts have no logarithmic axes, so log10 where decades count."""
    return f"log10_{objective}" if METRICS[objective].decades else objective


def _fronts(shown: Shown) -> dict[str, Any]:
    """Members of all fronts: every pair of objectives, parallel coordinates, a table."""
    metrics = [metric_name(name) for name in shown.objectives]
    charts = [
        _chart(
            f"{y} {x}",
            type="SCATTER",
            xaxis={"key": x, "type": "METRIC"},
            yaxis={"key": y, "type": "METRIC"},
        )
        for y, x in combinations(metrics, 2)
    ]
    axes = shown.parameters[: MOST_AXES - len(metrics)]
    parallel = _chart(
        "parallel",
        type="PARALLEL",
        selectedParams=list(axes),
        selectedMetrics=metrics,
        showAllRuns=False,
    )
    columns = [
        *(f"tags.`{name}`" for name in ("dse.study", "dse.role")),
        *(f"metrics.`{name}`" for name in shown.objectives),
        *(f"params.`{name}`" for name in axes),
    ]
    return _page("tags.`dse.front` = 'yes'", [*charts, parallel], columns, width=2) | {
        "orderByKey": f"metrics.`{shown.objectives[0]}`",
        "orderByAsc": METRICS[shown.objectives[0]].direction == "minimize",
    }


def _convergence() -> dict[str, Any]:
    """Hypervolume of every study against its trials."""
    charts = [
        _chart(
            name,
            type="LINE",
            metricKey=name,
            selectedMetricKeys=[name],
            lineSmoothness=0,
            scaleType="linear",
            xAxisScaleType="linear",
            xAxisKey="step",
            selectedXAxisMetricKey="",
            yAxisKey="metric",
            yAxisExpressions=[],
            range={},
            ignoreOutliers=False,
            useGlobalXaxisKey=True,
            useGlobalLineSmoothing=True,
        )
        for name in ("hypervolume", "hypervolume_so_far")
    ]
    columns = [f"params.`study.{name}`" for name in ("device", "objectives")]
    return _page("tags.`dse.role` = 'study'", charts, ["metrics.`hypervolume`", *columns], width=1)


def _chart(name: str, **rest: Any) -> dict[str, Any]:
    return {
        "uuid": f"dse {name}",
        "metricSectionId": SECTION,
        "deleted": False,
        "isGenerated": False,
        "runsCountToCompare": MOST_RUNS,
        **rest,
    }


def _page(
    chosen: str, charts: Sequence[Mapping[str, Any]], columns: Sequence[str], *, width: int
) -> dict[str, Any]:
    """A page of the runs that a filter finds; width: charts side by side."""
    sections = [
        _section(SECTION, "Studies") | {"columns": width, "cardHeight": CARD_PX},
        _section("others", "Model metrics") | {"display": False},  # one bar chart a metric
    ]
    return {
        "searchFilter": chosen,
        "startTime": "ALL",
        "runsHiddenMode": "SHOW_ALL",
        "compareRunCharts": list(charts),
        "compareRunSections": sections,
        "selectedColumns": list(columns),
        "hideEmptyCharts": True,
        "isAccordionReordered": True,
    }


def _section(key: str, title: str) -> dict[str, Any]:
    return {
        "uuid": key,
        "name": title,
        "display": True,
        "isReordered": False,
        "deleted": False,
        "isGenerated": False,
    }
