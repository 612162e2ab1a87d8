"""What to bring, told at once and completely (一次性告知). Nothing is asked for that no article names: a station may
not add conditions (Road Traffic Safety Law, art. 13; Order 164, art. 83 (4)).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from booking.inspections.rules import law
from booking.inspections.rules.facts import VehicleFacts
from booking.inspections.rules.periods import Step
from booking.kernel.errors import Wording


@dataclass(frozen=True, slots=True)
class Document:
    """One paper, or one thing to have settled (`bring` is False: it is not carried along), with its article."""

    words: Wording
    basis: Wording
    bring: bool = True


SETTLED = Wording(
    "该车的交通违法和交通事故已处理完毕", "Traffic violations and accidents of this vehicle are settled"
)
LICENCE = Wording("机动车行驶证", "The vehicle's driving licence (行驶证)")
LICENCE_OR_IDENTITY = Wording(
    "机动车行驶证或者车主身份证明（任选一样）",
    "The vehicle's driving licence (行驶证) or the owner's identity document, either one",
)
INSURANCE = Wording("交强险凭证", "Proof of compulsory traffic insurance (交强险)")
TAX = Wording("车船税纳税或者免税证明", "Proof that vehicle tax is paid, or of exemption")
CERTIFICATE = Wording(
    "安全技术检验合格证明（检测合格后由检验站出具，不用自带）",
    "The inspection certificate: the station issues it after a passed test, so there is nothing to bring",
)
SCHOOL_BUS_SIGN = Wording("校车标牌（换发新标牌）", "The school bus sign, which is exchanged for a new one")
AGENT_IDENTITY = Wording("代理人的身份证明", "The agent's identity document")
AUTHORISATION = Wording("车主的委托书", "The owner's letter of authorisation")
COMPANY_IDENTITY = Wording(
    "单位的统一社会信用代码证书或者营业执照",
    "The company's certificate of its unified social credit code, or its licence",
)
COMPANY_AUTHORISATION = Wording("加盖单位公章的委托书", "A letter of authorisation with the company's seal")
ENVOY_IDENTITY = Wording("被委托人的身份证明", "The identity document of whom the company sends")


def documents(
    facts: VehicleFacts, *, step: Step, by_company: bool = False, by_agent: bool = False
) -> tuple[Document, ...]:
    """Return everything that is needed for a line test, or for a mark on line, in the order in which it is asked for.

    `by_company`: the owner is a company, which always acts through somebody; `by_agent`: a person acts for an owner
    who is a person.
    """
    return (*_of_the_vehicle(facts, step), *_of_who_comes(by_company=by_company, by_agent=by_agent))


def _of_the_vehicle(facts: VehicleFacts, step: Step) -> Iterator[Document]:
    is_test = step is Step.LINE_TEST
    basis = law.APPLICATION_54 if is_test else law.MARK_ONLY_55
    yield Document(SETTLED, law.APPLICATION_54, bring=False)
    yield Document(LICENCE if is_test else LICENCE_OR_IDENTITY, basis)
    yield Document(INSURANCE, basis)
    yield Document(TAX, basis)
    if is_test:
        yield Document(CERTIFICATE, basis, bring=False)
    if facts.is_school_bus:
        yield Document(SCHOOL_BUS_SIGN, law.SCHOOL_BUS_62)


def _of_who_comes(*, by_company: bool, by_agent: bool) -> Iterator[Document]:
    if by_company:
        yield Document(COMPANY_IDENTITY, law.COMPANY_89)
        yield Document(COMPANY_AUTHORISATION, law.COMPANY_89)
        yield Document(ENVOY_IDENTITY, law.COMPANY_89)
    elif by_agent:
        yield Document(AGENT_IDENTITY, law.AGENT_86)
        yield Document(AUTHORISATION, law.AGENT_86)
