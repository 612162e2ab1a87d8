"""Days in the words of either database: how many lie between two, on which an instant falls, which week and month."""

from typing import Any

from sqlalchemy import Date, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class DaysFrom(FunctionElement[int]):
    """How many days after the first day the second is."""

    type = Integer()
    inherit_cache = True


class HoursFrom(FunctionElement[int]):
    """How many whole hours after the first instant the second is."""

    type = Integer()
    inherit_cache = True


class DayOf(FunctionElement[Any]):
    """The office's day on which an instant falls."""

    type = Date()
    inherit_cache = True


class WeekOf(FunctionElement[Any]):
    """The Monday of a day's week."""

    type = Date()
    inherit_cache = True


class MonthOf(FunctionElement[Any]):
    """The first of a day's month."""

    type = Date()
    inherit_cache = True


class LeastOf(FunctionElement[int]):
    """The least of several numbers, none of which is null."""

    type = Integer()
    inherit_cache = True


class GreatestOf(FunctionElement[int]):
    """The greatest of several numbers, none of which is null."""

    type = Integer()
    inherit_cache = True


WORDS: dict[type[FunctionElement[Any]], tuple[str, str]] = {
    DaysFrom: ("({1} - {0})", "CAST(julianday({1}) - julianday({0}) AS INTEGER)"),
    HoursFrom: (
        "CAST(floor((floor(extract(epoch FROM {1})) - floor(extract(epoch FROM {0}))) / 3600) AS INTEGER)",
        "((CAST(strftime('%s', {1}) AS INTEGER) - CAST(strftime('%s', {0}) AS INTEGER)) / 3600)",
    ),
    DayOf: ("CAST(({0} AT TIME ZONE 'Asia/Shanghai') AS DATE)", "date({0}, '+8 hours')"),
    WeekOf: ("CAST(date_trunc('week', {0}) AS DATE)", "date({0}, 'weekday 0', '-6 days')"),
    MonthOf: ("CAST(date_trunc('month', {0}) AS DATE)", "date({0}, 'start of month')"),
    LeastOf: ("least({all})", "min({all})"),
    GreatestOf: ("greatest({all})", "max({all})"),
}


def _in_words(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
    is_sqlite = compiler.dialect.name == "sqlite"
    parts = [compiler.process(clause, **options) for clause in element.clauses]
    return WORDS[type(element)][is_sqlite].format(*parts, all=", ".join(parts))


for kind in WORDS:
    compiles(kind)(_in_words)
