"""劳动和技能竞赛: a contest and its events, from the workplace's selection to prize, title and grade.

A contest is an edition, each event (赛项) a child edition; `ContestEvent` says what is contested there. An entry is a
case. A *start* is a row: whoever started in an event, in the final by the roll call of the day, in a selection below by
the roster that a union hands in. Participations and persons are counted over starts, and over nothing else.

What of its values acts, and where:

- `theory_share`, `pass_mark`: proposed for an event in preparation; they hold as the event was published.
- `panel_size`, `drop_extremes`: proposed while a panel is prepared.
- `age_least`, `age_most`, `entry_exclusions`, `events_per_person`: guards of the registration.
- `min_to_hold`, `min_for_title`, `min_for_upgrade`: the three thresholds, reckoned live as entries change.
- `ranks_may_tie`: whether equal ranks may be publicised. `tie_order` is proposed for the last panel.
- `appeal_hours`: how long appeals are taken after the last day of judging; the window of the event follows from it.
- `publicity_days`: how long results stand in public.
- `prize_table`: proposed for a contest in preparation; the bands stand as rows of the contest.
- `upgrade_matrix`: who may rise to which grade. A rank gives no grade: the authority for skills decides.

Not built: prize money (off by default; it needs the ledger), papers read by a machine, and the merging of two events
that are too small, which is recorded as the organiser's decision and done by hand.
"""

from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.programme import MenuItem, Programme

DESK = (Role.UNIT_OFFICER, Role.OFFICER, Role.LEADER)

PROGRAMME = Programme(
    name="competitions",
    label=_("Contests"),
    summary=_("Labour and skills contests, from the workshop to the title"),
    menu=(
        MenuItem("public", _("Contests"), "competitions:public"),
        MenuItem("my", _("My contests"), "competitions:mine", group="growth"),
        MenuItem("desk", _("Contests"), "competitions:contests", group="growth", roles=DESK),
    ),
    editions=("apply", "review", "appeal", "publicity"),
    slots=("gongjiang.programmes.competitions.slots.OFFERS", "gongjiang.programmes.competitions.slots.OPEN"),
)
