"""Every programme's values: a unit, a citation, both languages; no gap and no overlap in what its demo publishes."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone, translation

from gongjiang.kernel import catalogue
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.parameters.declaration import Parameter, everything, parameters
from gongjiang.kernel.parameters.kinds import Number, Table
from gongjiang.kernel.world import People, UnitRow, World
from gongjiang.web.components.wording import uom
from gongjiang.web.parameters.wording import shown
from tests.cast import Cast

EVERY = [pytest.param(p, id=p.full_name) for p in everything()]


@pytest.mark.parametrize("parameter", EVERY)
def test_parameter_has_a_unit_and_a_citation(parameter: Parameter) -> None:
    assert all(parameter.citation.values())
    numbers = [parameter.uom] if isinstance(parameter.kind, Number) else []
    if isinstance(parameter.kind, Table):
        numbers += [c.uom for c in parameter.kind.columns.values() if c.uom]
    for code in numbers:
        with translation.override("zh-hans"):
            assert uom(code) != code
    assert all(all(p.citation.values()) for p in parameter.presets)


@pytest.mark.parametrize("parameter", EVERY)
def test_default_and_presets_are_shown_in_both_languages(parameter: Parameter) -> None:
    values = [p.value for p in parameter.presets]
    values += [] if parameter.default is None else [parameter.default]
    for language in ("zh-hans", "en"):
        with translation.override(language):
            assert str(parameter)
            assert all(line for value in values for line in shown(parameter, value))


@pytest.mark.parametrize("parameter", EVERY)
def test_default_and_presets_are_stored_as_they_are_read(parameter: Parameter) -> None:
    for value in (parameter.default, *(p.value for p in parameter.presets)):
        if value is not None:
            assert parameter.kind.read(parameter.kind.write(value)) == value


@pytest.mark.parametrize("programme", list(catalogue.programmes()), ids=lambda p: p.name)
def test_parameters_are_declared_under_their_programme(programme) -> None:
    assert all(p.programme == programme.code for p in parameters(programme.code).values())


def _world(cast: Cast) -> World:
    """The cast's units as the demo's."""
    units = [
        UnitRow(u.pk, u.code, u.name, u.kind, u.level, u.region, u.parent_id, u.path, u.opened_on)
        for u in Unit.objects.order_by("path")
    ]
    nobody = People(1, [], [], [], [], [])
    return World("county", cast.city.code, 1, timezone.now(), units, [], nobody, {}, {}, {})


@pytest.mark.django_db
def test_demo_values_have_no_gap_and_complete_the_programme(cast: Cast) -> None:
    """Dates without gap are the database's to keep; here: that nothing required is left out on any of their days."""
    from gongjiang.kernel.parameters import read
    from gongjiang.kernel.parameters.models import Provision
    from gongjiang.programmes.innovations.demo_rules import publish_demo_values

    publish_demo_values(_world(cast))
    rows = list(Provision.objects.order_by("programme", "name", "unit", "since"))
    for before, after in pairwise(rows):
        if (before.name, before.unit_id) == (after.name, after.unit_id):
            assert before.until == after.since
    assert all("演示" in r.document for r in rows)
    days = {r.since for r in rows} | {r.since + timedelta(days=1) for r in rows}
    for day in sorted(days):
        assert read.missing("innovations", unit=cast.city, on=day) == []
