"""The wrong inputs and edge cases of a collection, each with the tests that hold it. They are named here so that a
reader finds them, and so that none goes away unnoticed."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[5]
OWN = "src/gongjiang/programmes/innovations/tests"
REVIEW = "src/gongjiang/kernel/review/tests"
PUBLICITY = "src/gongjiang/kernel/publicity/tests"

#: (what goes wrong, the file, the test)
EDGE_CASES = (
    (
        "1 filed through several channels, counted once",
        f"{OWN}/test_result.py",
        "test_result_in_two_calls_counts_once",
    ),
    (
        "2 like an earlier one",
        f"{OWN}/test_result.py",
        "test_earlier_result_elsewhere_is_found_and_only_an_open_one_is_told",
    ),
    (
        "2 the officer decides with a reason",
        f"{OWN}/test_admission.py",
        "test_judgement_says_which_earlier_result_it_follows",
    ),
    (
        "2 what has won does not come again",
        f"{OWN}/test_result.py",
        "test_work_granted_before_is_not_recommended_again",
    ),
    (
        "3 新型发明专利 as a kind",
        f"{OWN}/test_result.py",
        "test_new_type_invention_patent_is_refused_with_an_explanation",
    ),
    ("4 an application is no grant", f"{OWN}/test_rights.py", "test_application_is_not_counted_as_a_grant"),
    ("5 ten months are ten months", f"{OWN}/test_result.py", "test_ten_months_stay_ten_months"),
    ("5 万元 and 元", f"{OWN}/test_result.py", "test_amount_that_is_most_likely_a_slip_is_asked_back"),
    (
        "6 the first author moves",
        f"{OWN}/test_result.py",
        "test_author_who_moves_stays_author_and_the_old_unit_keeps_the_count",
    ),
    ("7 shares that are no whole", f"{OWN}/test_result.py", "test_shares_stand_only_where_they_make_a_whole"),
    ("7 the author is no maker", f"{OWN}/test_team.py", "test_author_who_is_no_maker_cannot_submit"),
    ("8 over the quota", f"{OWN}/test_entry.py", "test_over_the_quota_an_entry_stays_as_reserve"),
    (
        "8 a swap needs a reason",
        f"{REVIEW}/test_recommending.py",
        "test_swap_puts_a_reserve_in_the_place_with_a_reason_and_needs_one",
    ),
    (
        "9 equals at the cut",
        f"{REVIEW}/test_scoring.py",
        "test_tie_at_the_cut_of_a_panel_that_has_no_rule_cannot_be_locked",
    ),
    (
        "10 a judge of the same unit",
        f"{REVIEW}/test_scoring.py",
        "test_judge_of_the_same_workplace_or_a_recommending_union_is_recused_by_himself",
    ),
    (
        "10 too few judges are left",
        f"{REVIEW}/test_scoring.py",
        "test_item_below_the_minimum_is_to_be_seated_anew",
    ),
    (
        "11 an objection holds its own item",
        f"{PUBLICITY}/test_objections.py",
        "test_guard_lets_the_others_of_the_list_go_on",
    ),
    (
        "12 the seal of finance comes late",
        f"{OWN}/test_admission.py",
        "test_benefit_signed_after_closing_enters_only_where_the_call_gives_time_to_mend",
    ),
    (
        "13 not for the public",
        f"{OWN}/test_entry.py",
        "test_notices_mask_the_makers_and_call_it_by_its_public_title",
    ),
    (
        "13 the library tells what it may",
        f"{OWN}/test_result.py",
        "test_library_tells_as_much_as_the_maker_allowed",
    ),
    (
        "14 an amount that was read wrongly",
        f"{OWN}/test_result.py",
        "test_finance_corrects_a_line_with_a_reason_and_the_sealed_sheet",
    ),
    ("15 revoked after the award", f"{OWN}/test_entry.py", "test_revoked_award_takes_its_certificates_along"),
    (
        "15 the figures fall",
        f"{OWN}/test_joints.py",
        "test_award_of_a_revoked_result_counts_no_longer_and_the_outbox_hears_of_it",
    ),
)


@pytest.mark.parametrize(
    ("case", "file", "test"), EDGE_CASES, ids=[case for case, _file, _test in EDGE_CASES]
)
def test_edge_case_has_its_test(case: str, file: str, test: str):
    there = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert test in {each.name for each in there.body if isinstance(each, ast.FunctionDef)}


def test_every_edge_case_of_the_collection_is_held():
    assert {int(case.split()[0]) for case, _file, _test in EDGE_CASES} == set(range(1, 16))
