"""The pages of an exam day: the list, the gate by plain forms, absence, results, closing, paper and files."""

import re
from collections.abc import Callable
from datetime import time
from io import BytesIO

from booking.kernel.actors import Role
from booking.kernel.workbooks import write_workbook
from booking.rosters.imports import ATTEMPT_COLUMNS
from tests.web.conftest import Visitor
from tests.web.rosters import session as town
from tests.web.rosters.conftest import Day


def text_of(visitor: Visitor, address: str) -> str:
    answer = visitor.get(address)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def test_an_operator_sees_the_sessions_of_the_own_site_and_the_desk_chooses_one(
    day: Day, visitor: Callable[..., Visitor]
) -> None:
    other = town.site(day.sessions, "别处考场")
    clerk = visitor(Role.COUNTER)

    own = day.operator.get(f"/station/rosters?site={other}").get_data(as_text=True)
    assert f"/station/rosters/{day.slot_id}" in own
    assert 'name="site"' not in own
    assert f"/station/rosters/{day.slot_id}" in clerk.get(f"/station/rosters?site={day.site_id}").get_data(
        as_text=True
    )
    assert "No session on this day" in clerk.get(f"/station/rosters?site={other}").get_data(as_text=True)
    assert day.operator.get("/station/rosters?day=tomorrow").status_code == 422


def test_the_desk_reads_a_roster_and_does_nothing_on_it(day: Day, visitor: Callable[..., Visitor]) -> None:
    page = visitor(Role.SUPERVISOR).get(day.address).get_data(as_text=True)

    assert day.people[0].name in page
    assert "<form" not in page.split("<main", 1)[1].split("</main>")[0]
    assert "roster/gate.js" not in page


def test_the_roster_of_another_site_is_not_found(day: Day, visitor: Callable[..., Visitor]) -> None:
    stranger = visitor(actor=town.operator(day.sessions, town.site(day.sessions, "别处考场")))
    stranger_token = {"csrf_token": "x"}

    for part in ("", "/print", ".csv", ".xlsx", ".pdf", "/results", "/results/file", "/close", "/sync"):
        assert stranger.get(day.address + part).status_code == 404, part
    stranger.application.config["WTF_CSRF_ENABLED"] = False
    for part in ("/check-in", "/undo", "/absences", "/results", "/results/undo", "/results/file", "/close", "/sync"):
        assert stranger.post(day.address + part, data=stranger_token).status_code == 404, part


def test_the_list_shows_no_more_of_a_document_than_its_last_four(day: Day) -> None:
    for part in ("", "/print", ".csv"):
        page = day.operator.get(day.address + part).get_data(as_text=True)
        assert day.people[0].tail in page
        assert day.people[0].number not in page


def test_whoever_shows_a_ticket_is_let_in_and_can_be_taken_back_for_a_while(day: Day) -> None:
    one = day.people[0]

    answer = day.operator.submit(f"{day.address}/check-in", {"text": one.ticket.lower()}, on=day.address)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{day.address}?arrived={one.reference}")
    page = text_of(day.operator, answer.headers["Location"])
    assert f"Admit {one.name} · {one.tail}" in page
    assert day.states() == ["attended", "confirmed", "confirmed"]

    undo = f"{day.address}/undo"
    assert day.operator.submit(undo, on=answer.headers["Location"]).status_code == 303
    assert day.states() == ["confirmed"] * 3


def test_a_reference_needs_the_last_four_of_the_document(day: Day) -> None:
    one, other = day.people[:2]
    gate = f"{day.address}/check-in"

    asked = day.operator.submit(gate, {"text": one.reference}, on=day.address)
    assert asked.status_code == 422
    assert "Look once more" in asked.get_data(as_text=True)
    assert f'value="{one.reference}"' in asked.get_data(as_text=True)
    differs = day.operator.submit(gate, {"text": one.reference, "tail": "00-0"}, on=day.address)
    assert (differs.status_code, "Do not admit" in differs.get_data(as_text=True)) == (422, True)
    assert f'value="{one.reference}"' not in differs.get_data(as_text=True)  # the next scan would be added to it
    assert one.name not in differs.get_data(as_text=True).split("data-list")[0]

    assert day.operator.submit(gate, {"text": one.reference, "tail": one.tail}, on=day.address).status_code == 303
    assert day.operator.submit(gate, {"text": other.number}, on=day.address).status_code == 303
    scanned = {"text": one.reference, "tail": day.people[2].ticket}  # into the field where the cursor stood
    assert day.operator.submit(gate, scanned, on=day.address).status_code == 303
    assert day.states() == ["attended"] * 3


def test_an_empty_scan_and_one_far_too_long_are_refused_in_the_form(day: Day) -> None:
    for text in ("", "A" * 400):
        answer = day.operator.submit(f"{day.address}/check-in", {"text": text}, on=day.address)
        assert answer.status_code == 422
        assert 'href="#text"' in answer.text
        assert 'aria-invalid="true" aria-describedby="text-error"' in " ".join(answer.text.split())


def test_a_double_click_on_the_gate_is_one_check_in_and_a_second_scan_says_so(day: Day) -> None:
    one = day.people[0]
    sent = {"text": one.ticket, "key": "0123456789abcdef" * 2}

    answers = [day.operator.submit(f"{day.address}/check-in", sent, on=day.address) for _ in range(2)]
    again = day.operator.submit(f"{day.address}/check-in", {"text": one.ticket}, on=day.address)

    assert [answer.status_code for answer in answers] == [303, 303]
    assert (again.status_code, "Is in already" in again.get_data(as_text=True)) == (422, True)


def test_somebody_of_the_next_session_is_let_in_there(day: Day) -> None:
    other = town.slot(day.sessions, day.site_id, starts=time(10, 15))
    (late,) = town.candidates(day.sessions, other, 1, first=9)

    answer = day.operator.submit(f"{day.address}/check-in", {"text": late.ticket}, on=day.address)

    assert answer.headers["Location"] == f"/station/rosters/{other}?arrived={late.reference}"


def test_absence_is_marked_when_check_in_is_over_and_no_earlier(day: Day) -> None:
    mark = f"{day.address}/absences"
    assert mark not in day.operator.get(day.address).get_data(as_text=True)

    day.at(11)
    page = day.operator.get(day.address).get_data(as_text=True)
    assert page.count(f'action="{mark}"') == 3
    assert day.operator.submit(mark, on=day.address).status_code == 303

    assert day.states() == ["absent", "confirmed", "confirmed"]
    assert f"Recorded as absent: {day.people[0].name}" in text_of(day.operator, day.address)


def test_results_are_stored_together_or_not_at_all_and_a_form_sent_twice_counts_once(day: Day) -> None:
    day.checks_in(*day.people)
    results = f"{day.address}/results"
    names = re.findall(r'name="(score_\d+_1)"', day.operator.get(results).get_data(as_text=True))
    assert len(names) == 3

    wrong = day.operator.submit(results, {names[0]: "90", names[1]: "101"})
    assert (wrong.status_code, 'value="90"' in wrong.get_data(as_text=True)) == (422, True)
    outcome = names[1].replace("score", "outcome")
    refused = day.operator.submit(results, {names[0]: "90", names[1]: "50", outcome: "passed"})
    assert (refused.status_code, "error-summary" in refused.get_data(as_text=True)) == (422, True)
    assert re.findall(r'name="(score_\d+_1)"', day.operator.get(results).get_data(as_text=True)) == names

    sent = {names[0]: "90", names[1]: "70"}
    assert [day.operator.submit(results, sent).status_code for _ in range(2)] == [303, 303]
    page = text_of(day.operator, day.address)
    assert "Test: passed 90" in page
    assert "Test: failed 70" in page
    assert re.findall(r'name="score_\d+_(\d)"', day.operator.get(results).get_data(as_text=True)) == ["2", "1"]


def test_a_roster_is_closed_only_over_its_own_counts(day: Day) -> None:
    day.checks_in(*day.people[:2])
    names = re.findall(r'name="(score_\d+_1)"', day.operator.get(f"{day.address}/results").get_data(as_text=True))
    day.operator.submit(f"{day.address}/results", {names[0]: "95", names[1]: "60"})
    close = f"{day.address}/close"
    right = {"present": "2", "absent": "1", "passed": "1", "failed": "1"}
    assert day.operator.submit(close, right).status_code == 422  # check-in is not over

    day.at(11)
    assert "These become absent" in text_of(day.operator, close)
    for wrong in ({**right, "absent": "0"}, {**right, "passed": ""}):
        answer = day.operator.submit(close, wrong)
        assert (answer.status_code, "error-summary" in answer.get_data(as_text=True)) == (422, True)
    missing = day.operator.submit(close, {}).get_data(as_text=True)
    for count in ("are present", "are absent", "passed", "did not pass"):  # each once in the list, once at its field
        assert missing.count(f"Enter how many {count}") == 2
    assert day.operator.submit(close, right).status_code == 303

    page = day.operator.get(day.address).get_data(as_text=True)
    assert "Closed at" in page
    assert f'action="{day.address}/check-in"' not in page
    assert day.states() == ["passed", "failed", "absent"]
    assert day.operator.get(close).status_code == 303


def test_results_come_from_a_file_whole_or_not_at_all(day: Day) -> None:
    day.checks_in(*day.people[:2])
    address = f"{day.address}/results/file"
    first, second, third = (one.reference for one in day.people)

    def sends(*lines: str) -> int:
        target = BytesIO()
        write_workbook(target, "results", list(ATTEMPT_COLUMNS), [line.split(",") for line in lines])
        answer = day.operator.submit(address, {"file": (BytesIO(target.getvalue()), "results.xlsx")})
        return answer.status_code

    assert sends(f"{first},1,passed,92", f"{third},1,passed,90") == 422  # the third is not there
    assert "Test" not in text_of(day.operator, day.address).split("Next step")[1]
    assert sends(f"{first},1,passed,92", f"{second},1,failed,40") == 303
    assert "Test: passed 92" in text_of(day.operator, day.address)


def test_the_paper_has_a_line_for_everybody(day: Day) -> None:
    page = day.operator.get(f"{day.address}/print").get_data(as_text=True)

    assert page.count('class="sign"') == len(day.people)
    assert page.count("<script") == page.count("/js/print.js") == 1  # and nothing of the gate
    assert day.operator.get(f"{day.address}.pdf").get_data().startswith(b"%PDF-1.7")


def test_signing_out_clears_the_device_unless_a_check_in_still_waits_there(day: Day) -> None:
    day.operator.set_cookie("roster-kept", "1")
    assert "Clear-Site-Data" not in day.operator.submit("/sign-out", on=day.address).headers

    day.operator.set_cookie("roster-kept", "0")
    assert day.operator.submit("/sign-out", on="/sign-in").headers["Clear-Site-Data"] == '"storage"'
