"""The one blueprint of all pages of driving tests; `pages` puts them on it."""

from flask import Blueprint

bp = Blueprint("exams", __name__)
