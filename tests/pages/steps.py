"""What no link and no single form reaches, written by hand: each step is done in a house of its own."""

from tests.pages.step import Step
from tests.pages.steps_accounts import ACCOUNTS
from tests.pages.steps_exams import EXAM_STEPS
from tests.pages.steps_inspections import INSPECTION_STEPS
from tests.pages.steps_office import OFFICE_STEPS
from tests.pages.steps_second_factor import SECOND_FACTOR

STEPS: dict[str, Step] = ACCOUNTS | EXAM_STEPS | INSPECTION_STEPS | OFFICE_STEPS | SECOND_FACTOR
