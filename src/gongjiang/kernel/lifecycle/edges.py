"""Flows by name, and the copy of their edges that the database checks every move against."""

from functools import cache

from gongjiang.kernel import catalogue

from .flow import Flow, phase_of


@cache
def flows() -> dict[str, Flow]:
    """Every flow of every installed programme."""
    return {flow.name: flow for flow in catalogue.declared("flow", "FLOWS")}


def synchronise_edges() -> None:
    """Add the edges that the code declares and the database lacks; none is taken away."""
    from .models import FlowEdge

    FlowEdge.objects.bulk_create(
        [
            FlowEdge(flow=f.name, source=source, target=target, phase=phase_of(target, source))
            for f in flows().values()
            for source, target in sorted(f.edges)
        ],
        update_conflicts=True,
        unique_fields=["flow", "source", "target"],
        update_fields=["phase"],
    )
