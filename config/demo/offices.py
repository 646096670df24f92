"""Who holds which role where, and which accounts the one-click sign-in shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random

from config.demo.identities import NAMES
from config.demo.places import Place
from config.demo.population import Population
from config.demo.trades import COAL
from config.demo.tree import Tree
from gongjiang.kernel.world import Account, UnitRow

#: Who makes payments and who releases them.
FINANCE = ("finance_maker", "finance_checker")
ROLES_AT = {
    "province": ("officer", "approver", "leader", "auditor"),
    "city": ("officer", "approver", "leader", "auditor", "data_steward", *FINANCE),
    "county": ("officer", "approver", "leader", *FINANCE),
    "township": ("officer",),
}
#: Who has an account and no office: a worker, and a worker who judges.
NO_OFFICE = ("worker", "panelist")


@dataclass(frozen=True)
class Offices:
    """All accounts by key; `shown` are those of the sign-in page, with the label of their unit."""

    accounts: list[Account]
    shown: dict[str, Account]

    @property
    def officers(self) -> dict[tuple[int, str], Account]:
        return {
            (account.unit, account.role): account
            for account in self.accounts
            if account.role not in NO_OFFICE
        }


def appoint(place: Place, tree: Tree, population: Population, seed: int) -> Offices:
    """An account for every office of every union, and for the demo's worker, judge and system administrator."""
    random = Random(f"{seed}:offices")
    named = {
        (_unit(tree, role, code).id, role.partition("@")[0]): username
        for username, role, code in place.accounts
    }
    accounts: list[Account] = []

    def add(unit: UnitRow, role: str, person: int | None) -> None:
        name = random.choice(NAMES) if person is None else population.people.names[person - 1]
        username = named.get((unit.id, role), f"{unit.code}-{role.replace('_', '-')}")
        accounts.append(Account(len(accounts) + 1, username, person, name, role, unit.id))

    for unit in tree.units:
        for role in ROLES_AT.get(unit.level, ()):
            add(unit, role, None)
        if unit.entity is not None:
            chair, officer, *rest = population.workers[unit.id]
            add(unit, "unit_chair", chair)
            add(unit, "unit_officer", officer)
            if rest:
                add(unit, "finance_maker", rest[-1])
    for _username, role, code in place.accounts:
        unit = _unit(tree, role, code)
        if role in NO_OFFICE:
            add(unit, role, next(islice(_production(population, unit), NO_OFFICE.index(role), None)))
        elif role == "system_admin":
            add(unit, role, None)
        elif role == "team_leader":
            workers = _production(population, tree.units[(unit.parent or 1) - 1])
            there = {account.person for account in accounts}
            add(unit, role, next(key for key in islice(workers, len(NO_OFFICE), None) if key not in there))
    by_name = {account.username: account for account in accounts}
    return Offices(accounts, {username: by_name[username] for username, _, _ in place.accounts})


def _unit(tree: Tree, role: str, code: str) -> UnitRow:
    """The union of a division; for an office of an enterprise the largest coal mine there, for a leader its first
    team."""
    if role not in (*NO_OFFICE, "unit_officer", "unit_chair", "finance_maker", "team_leader"):
        return next(unit for unit in tree.units if unit.code == code)
    mines = (e for e in tree.entities if e.industry == COAL and e.region.startswith(code))
    mine = tree.units[max(mines, key=lambda e: e.workers).unit - 1]
    if role == "team_leader":
        return next(unit for unit in tree.units if unit.kind == "team" and unit.parent == mine.id)
    return mine


def _production(population: Population, unit: UnitRow) -> Iterator[int]:
    return (
        key for key in population.workers[unit.id] if population.people.post_classes[key - 1] == "production"
    )
