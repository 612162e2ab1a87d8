"""What to bring, told at once and completely, and nothing that no article asks for."""

from booking.inspections.rules import documents as papers
from booking.inspections.rules.documents import Document, documents
from booking.inspections.rules.periods import Step
from booking.kernel.errors import Wording
from tests.unit.inspections.vehicles import CAR, SCHOOL_BUS


def words(found: tuple[Document, ...], *, bring: bool = True) -> list[Wording]:
    return [document.words for document in found if document.bring is bring]


def test_a_line_test_asks_for_three_papers_and_nothing_more() -> None:
    found = documents(CAR, step=Step.LINE_TEST)

    assert words(found) == [papers.LICENCE, papers.INSURANCE, papers.TAX]
    assert words(found, bring=False) == [papers.SETTLED, papers.CERTIFICATE]
    assert {document.basis.en for document in found} == {"Order 164, art. 54"}


def test_a_mark_on_line_asks_for_licence_or_identity() -> None:
    found = documents(CAR, step=Step.MARK_ONLY)

    assert words(found) == [papers.LICENCE_OR_IDENTITY, papers.INSURANCE, papers.TAX]
    assert {document.basis.en for document in found if document.bring} == {"Order 164, art. 55"}


def test_a_school_bus_brings_its_sign_for_exchange() -> None:
    sign = documents(SCHOOL_BUS, step=Step.LINE_TEST)[-1]

    assert (sign.words, sign.basis.en) == (papers.SCHOOL_BUS_SIGN, "Order 164, art. 62")


def test_an_agent_brings_identity_and_authorisation() -> None:
    found = documents(CAR, step=Step.LINE_TEST, by_agent=True)

    assert words(found)[3:] == [papers.AGENT_IDENTITY, papers.AUTHORISATION]
    assert {document.basis.en for document in found[-2:]} == {"Order 164, art. 86"}


def test_a_company_brings_its_code_a_sealed_letter_and_who_is_sent() -> None:
    found = documents(CAR, step=Step.LINE_TEST, by_company=True, by_agent=True)

    assert words(found)[3:] == [papers.COMPANY_IDENTITY, papers.COMPANY_AUTHORISATION, papers.ENVOY_IDENTITY]
    assert {document.basis.en for document in found[-3:]} == {"Order 164, art. 89"}
