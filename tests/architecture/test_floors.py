"""What the import checker cannot see: the house keeps its shape."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import CheckConstraint
from sqlalchemy.orm import configure_mappers

from booking.app import BLUEPRINTS
from booking.kernel.db import Base

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "booking").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
FLOORS = (
    "kernel", "web", "notices", "audit", "accounts", "sites", "policies", "slots", "plans", "bookings",
    "allotment", "attendance", "exams", "inspections", "demand", "rosters", "guides", "ratings", "desk", "stats",
    "home", "supervision", "transfers",
)  # fmt: skip
EDGES = {"unit_of_work", "reading"}
EMPTY_NAMES = {"utils", "util", "helpers", "common", "misc", "base", "manager", "handler", "handlers"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_package_says_what_it_is_and_nothing_else(path: Path) -> None:
    if path.name != "__init__.py":
        assert ast.get_docstring(ast.parse(path.read_text())), "a module begins with what is in it"
        return
    body = ast.parse(path.read_text()).body

    assert len(body) == 1
    assert ast.get_docstring(ast.parse(path.read_text()))


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=name_of)
def test_no_file_grows_beyond_a_sitting(path: Path) -> None:
    most = 300 if path in SOURCES else 500

    assert len(path.read_text().splitlines()) <= most


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=name_of)
def test_no_file_has_a_name_that_says_nothing(path: Path) -> None:
    assert not EMPTY_NAMES & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_nothing_but_the_edge_ends_a_transaction(path: Path) -> None:
    ends = {call.func.attr for call in calls(path) if isinstance(call.func, ast.Attribute)}

    assert not ends & {"commit", "rollback"}


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_only_views_jobs_commands_and_roots_open_a_unit_of_work(path: Path) -> None:
    opened = {call.func.id for call in calls(path) if isinstance(call.func, ast.Name)} & EDGES
    relative = path.relative_to(ROOT / "booking")
    is_root = len(relative.parts) == 1 or relative.parts[0] == "demo"
    is_edge = is_root or relative.parts[1].removesuffix(".py") in {"views", "jobs", "runs"}

    assert not opened or is_edge or name_of(path) == "booking/kernel/db.py"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_imports_stand_at_the_top_of_the_file(path: Path) -> None:
    tree = ast.parse(path.read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.If)]
    inside = [n for f in functions for n in ast.walk(f) if isinstance(n, ast.Import | ast.ImportFrom)]

    assert not inside


def test_relationships_point_down() -> None:
    configure_mappers()
    floor = {name: number for number, name in enumerate(FLOORS)}

    for mapper in Base.registry.mappers:
        for relationship in mapper.relationships:
            here = mapper.class_.__module__.split(".")[1]
            there = relationship.mapper.class_.__module__.split(".")[1]
            assert floor[there] <= floor[here], f"{mapper.class_.__name__}.{relationship.key} points up"
            assert relationship.lazy == "raise", f"{mapper.class_.__name__}.{relationship.key} loads by itself"


def test_foreign_keys_point_down() -> None:
    homes = {str(mapper.local_table): mapper.class_.__module__.split(".")[1] for mapper in Base.registry.mappers}
    floor = {name: number for number, name in enumerate(FLOORS)}

    for table in Base.metadata.tables.values():
        for key in table.foreign_keys:
            assert floor[homes[key.column.table.name]] <= floor[homes[table.name]], f"{table.name}.{key.parent.name}"


def test_every_constraint_has_a_name() -> None:
    for table in Base.metadata.tables.values():
        for constraint in table.constraints:
            assert constraint.name, f"a constraint of {table.name} is nameless"
        checks = [c for c in table.constraints if isinstance(c, CheckConstraint)]
        assert all(str(check.name).startswith(f"ck_{table.name}_") for check in checks)


def test_rules_import_in_milliseconds_because_they_load_nothing() -> None:
    rules = [
        "booking.exams.rules.refusals",
        "booking.plans.rules.conflicts",
        "booking.policies.rules.catalogue",
        "booking.inspections.rules.refusals",
        "booking.attendance.rules.order",
    ]
    heavy = {"flask", "sqlalchemy", "wtforms", "apscheduler", "alembic"}
    program = f"import sys, {', '.join(rules)}; print(sorted(set(sys.modules) & {heavy!r}))"

    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)

    assert answer.stdout.strip() == "[]"


def test_every_feature_with_pages_is_registered() -> None:
    with_pages = {path.parent.name for path in SOURCES if path.name == "views.py"}
    with_pages |= {path.parent.parent.name for path in SOURCES if path.parent.name == "views"}

    assert with_pages == {blueprint.name for blueprint in BLUEPRINTS}
