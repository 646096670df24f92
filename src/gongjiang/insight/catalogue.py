"""What is declared to insight: facts and indicators, by name."""

from functools import cache

from gongjiang.kernel.catalogue import declared, programmes

from .facts import Fact
from .facts.standard import STANDARD
from .indicators import Indicator, Ratio


@cache
def facts() -> dict[str, Fact]:
    """Every declared fact: the standard ones, then each programme's."""
    return {fact.name: fact for fact in (*STANDARD, *declared("facts", "FACTS"))}


@cache
def indicators() -> dict[str, Indicator]:
    """Every declared indicator, in the order of the programmes."""
    return {indicator.code: indicator for indicator in declared("indicators", "INDICATORS")}


@cache
def ratios() -> tuple[Ratio, ...]:
    """Every declared ratio of two figures that pages show."""
    return tuple(
        r for r in declared("indicators", "RATIOS") if {r.above.code, r.below.code} <= shown().keys()
    )


@cache
def shown() -> dict[str, Indicator]:
    """The indicators that pages and lists show: all but an example's."""
    hidden = {programme.code for programme in programmes() if programme.example}
    return {code: i for code, i in indicators().items() if i.programme not in hidden}


@cache
def counted_facts() -> tuple[Fact, ...]:
    """The facts that some indicator reads; only these are kept in the lake."""
    used = {indicator.fact for indicator in indicators().values()}
    return tuple(fact for name, fact in facts().items() if name in used)
