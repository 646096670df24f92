"""五小: small inventions by workers, from a phone to the decision of the city.

Who confirms first: where a workplace has standing teams (units of kind `team`), a result may name the one it comes
from. If that team has a leader (role `team_leader`, given by the union officer of the workplace), the leader confirms
it before the union reads it. No leader, no such step.

What of its values acts, and where:

- `category_list`, `exclusion_rules`, `one_entry_across_years`, `dedupe_key`: what a form offers and a call leaves out.
- `late_signature_days`: a result that finance signs after closing still enters within these days.
- `criteria_names`, `criteria_weights`, `drop_extremes`, `panel_size`: proposed while a panel is prepared.
- `paper_vs_roadshow`: a share of 0 leaves the roadshow out; the share itself is entered with the second panel.
- `evidence_required`: the papers without which nothing goes into a call.
- `onsite_check_required`, `publicity_days`: guards of the ranks, and how long a notice stands.
- `quota_per_unit`: proposed when places are allotted; a unit without places allotted has no limit.
- `enterprise_reward`: proposed when a reward is recorded.
- `pitch_minutes`, `defence_minutes`: shown on the page of the call.
- `outcome_mode`, `outcome_grades`: a call by grades has no prizes; its organiser gives each entry that the panel passed
  a grade of recommendation, and notice, decision and certificate name that.
- `union_award_bands`: what the union adds to a prize, or to a grade, by its place: written down with the award, and its
  money paid by a voucher of the union's own books. Grades of others (a province's medal) are named, not conferred.
- `draw_by_system`, `judge_oath`, `mid_session_calibration`: always so. Every order is drawn, nothing is scored before
  the oath, and a panel may take items for calibration.

A table of benefit that a phone or a scanner has read is brought with its paper. Nothing of it counts until a person
has compared it line by line; whatever a machine may have misread (points and commas, letters for digits, 万 and 亿, a
total that does not add up) is said beside the line.
"""

from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.programme import MenuItem, Programme

PROGRAMME = Programme(
    name="innovations",
    label=_("Small innovations"),
    summary=_("Inventions, creations, improvements, designs and suggestions by workers"),
    menu=(
        MenuItem("public", _("Small innovations"), "innovations:public"),
        MenuItem("my", _("My innovations"), "innovations:mine", group="growth"),
        MenuItem(
            "desk",
            _("Small innovations"),
            "innovations:desk",
            group="growth",
            roles=(Role.UNIT_OFFICER, Role.OFFICER, Role.LEADER),
        ),
        MenuItem(
            "desk", _("Benefit to sign"), "innovations:finance", group="growth", roles=(Role.FINANCE_MAKER,)
        ),
    ),
    editions=("apply", "review", "roadshow", "publicity", "appeal", "convert"),
    tasks=(
        ("innovations.request", "innovations:answer"),
        ("innovations.payback", "innovations:payback"),
    ),
    slots=(
        "gongjiang.programmes.innovations.slots.OFFERS",
        "gongjiang.programmes.innovations.slots.OPEN",
    ),
)
