"""Flows by name, and the copy of their edges that the database checks every move against."""

from functools import cache

from gongjiang.kernel import catalogue

from .flow import Flow


@cache
def flows() -> dict[str, Flow]:
    """Every flow of every installed programme."""
    return {flow.name: flow for flow in catalogue.declared("flow", "FLOWS")}


def synchronise_edges() -> None:
    """Add the edges that the code declares and the database lacks; none is taken away."""
    from .models import FlowEdge

    FlowEdge.objects.bulk_create(
        [FlowEdge(flow=f.name, source=s, target=t) for f in flows().values() for s, t in sorted(f.edges)],
        ignore_conflicts=True,
    )
