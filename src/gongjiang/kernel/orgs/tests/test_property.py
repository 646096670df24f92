"""Whatever is done to the tree, in whatever order: paths, edges and everything with a path agree with a recount."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.accounts.models import User
from gongjiang.kernel.orgs import tree
from gongjiang.kernel.orgs.models import Channel, Edge, LegalEntity, Unit

BEGUN = date(2015, 1, 1)
PICK = st.integers(0, 30)
STEP = st.one_of(
    st.tuples(st.just("add"), PICK),
    st.tuples(st.just("move"), PICK, PICK, st.sampled_from([None, *Channel])),
    st.tuples(st.just("merge"), PICK, PICK),
    st.tuples(st.just("split"), PICK),
    st.tuples(st.just("close"), PICK),
)


def plant(count):
    """A root and some units below it and each other, each with an entity and a role over it."""
    user = User.objects.create(username="someone", display_name="某人")
    units = []
    for n in range(count):
        unit = tree.add(
            units[n // 2] if units else None, on=BEGUN, code=f"U{n}", name=f"{n}", level="county", region="14"
        )
        furnish(unit, user)
        units.append(unit)
    return user


def furnish(unit, user):
    LegalEntity.objects.create(
        uscc_missing_reason="演示", name=unit.name, ownership="private", industry="C10", size_class="small",
        region="14", unit=unit, opened_on=BEGUN,
    )  # fmt: skip
    Grant.objects.create(user=user, role="officer", unit=unit, since=BEGUN)


def do(step, on, user):
    units = list(Unit.objects.order_by("pk"))
    one, *other = (units[n % len(units)] for n in step[1:3] if isinstance(n, int))
    if step[0] == "add":
        furnish(tree.add(one, on=on, code=f"A{on}", name="新", level="county", region="14"), user)
    elif step[0] == "move":
        channel = step[3] or Channel.INDUSTRIAL
        tree.reparent(one, other[0] if step[3] else None, on=on, channel=channel)
    elif step[0] == "merge":
        tree.merge([one], other[0], on=on, grants="move")
    elif step[0] == "split":
        lower = Unit.objects.filter(parent=one)[:1]
        firms = LegalEntity.objects.filter(unit=one)[:1]
        tree.split(one, [tree.Part("分", f"S{on}", entities=firms, units=lower)], on=on)
    else:
        tree.close(one, on=on)


def recounted(unit, channel, lines):
    """A unit's path, by climbing the open edges one by one."""
    keys, at = [], unit
    while at is not None:
        keys.append(at)
        up = lines.get((at, Channel.TERRITORIAL))
        at = lines.get((at, Channel.INDUSTRIAL), up) if channel == Channel.INDUSTRIAL else up
    return "/" + "/".join(map(str, reversed(keys))) + "/"


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(count=st.integers(2, 9), steps=st.lists(STEP, min_size=1, max_size=14))
def test_any_sequence_of_changes_agrees_with_a_recount(count, steps):
    from django.db import transaction

    with transaction.atomic():
        user, refused = plant(count), 0
        for n, step in enumerate(steps):
            before = list(
                Unit.objects.order_by("pk").values_list("pk", "path", "industrial_path", "closed_on")
            )
            try:
                do(step, BEGUN + timedelta(days=n + 1), user)
            except tree.TreeError:
                refused += 1
                after = Unit.objects.order_by("pk").values_list("pk", "path", "industrial_path", "closed_on")
                assert list(after) == before
        lines = {(e.unit_id, e.channel): e.parent_id for e in Edge.objects.filter(until=None)}
        for unit in Unit.objects.all():
            assert unit.path == recounted(unit.pk, Channel.TERRITORIAL, lines)
            assert unit.industrial_path == recounted(unit.pk, Channel.INDUSTRIAL, lines)
            assert unit.parent_id == lines.get((unit.pk, Channel.TERRITORIAL))
            assert unit.closed_on is None or not Unit.objects.filter(parent=unit, closed_on=None).exists()
        for model in (LegalEntity, Grant):
            assert not [r for r in model.objects.select_related("unit") if r.path != r.unit.path], model
        for channel in Channel:
            for unit in Unit.objects.all():
                known = unit.edges.filter(channel=channel).order_by("since")
                spans = [(e.since, e.until) for e in known]
                assert all(a[1] is not None and a[1] <= b[0] for a, b in itertools.pairwise(spans))
        transaction.set_rollback(True)
