"""The one blueprint of all pages of figures; `pages` puts them on it."""

from flask import Blueprint

bp = Blueprint("stats", __name__)
