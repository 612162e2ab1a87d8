"""The one blueprint of all pages of plans; `pages` puts them on it."""

from flask import Blueprint

bp = Blueprint("plans", __name__)
