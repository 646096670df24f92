"""The rule of `payouts.py` written for OpenFisca; run by a Python that has it. Prints what it paid and how fast.

python _openfisca.py COUNT RUNS DRAWN
"""

import json
import sys
from importlib.metadata import version
from statistics import median
from time import perf_counter

import numpy
from openfisca_core import periods
from openfisca_core.entities import build_entity
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERSON = build_entity(key="person", plural="persons", label="Person", is_person=True)
YEAR = periods.DateUnit.YEAR if hasattr(periods, "DateUnit") else periods.YEAR


def given(name: str, value_type: type) -> type:
    """A variable that is put in."""
    return type(
        name,
        (Variable,),
        {"value_type": value_type, "entity": PERSON, "definition_period": YEAR, "label": name},
    )


class payout(Variable):
    """What is paid: covered for 365 days, half from day 30 to 90 and nothing before unless renewed; three bands."""

    value_type = int
    entity = PERSON
    definition_period = YEAR
    label = "payout"

    def formula(person, period):
        def of(name):
            return person(name, period).astype(numpy.int64)

        day, base = of("day"), of("deductible") + of("copay")
        share = numpy.where(
            person("renewed", period), 10_000, numpy.select([day < 30, day < 90], [0, 5_000], 10_000)
        )
        exact = numpy.minimum(base, 500_000) * 5_000
        exact += numpy.clip(base - 500_000, 0, 500_000) * 6_000 + numpy.maximum(base - 1_000_000, 0) * 7_000
        exact = numpy.where(base >= 100_000, exact, 0)
        rounded = (exact * share + 50_000_000) // 100_000_000
        burden = base + of("class_b") + of("above_cap") - of("other")
        paid = numpy.minimum(numpy.minimum(rounded, 5_000_000), numpy.maximum(burden, 0))
        return numpy.where(day < 365, paid, 0)


def main(count: int, runs: int, drawn: dict[str, str]) -> None:
    system = TaxBenefitSystem([PERSON])
    for name in drawn:
        system.add_variable(given(name, int))
    system.add_variable(given("renewed", bool))
    system.add_variable(payout)
    i = numpy.arange(count, dtype=numpy.int64)
    values = {name: eval(said, {"i": i}) for name, said in drawn.items()} | {"renewed": i % 3 == 0}
    times, paid = [], i
    for _ in range(runs):
        simulation = SimulationBuilder().build_default_simulation(system, count)
        for name, value in values.items():
            simulation.set_input(name, "2026", value)
        start = perf_counter()
        paid = simulation.calculate("payout", "2026").astype(numpy.int64)
        times.append(perf_counter() - start)
    print(
        json.dumps(
            {
                "seconds": median(times), "whole": int(paid.sum()), "check": int((paid * (i % 1009)).sum()),
                "version": version("openfisca-core"),
            }
        )
    )  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3]))
