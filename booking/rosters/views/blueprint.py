"""The one blueprint of all pages of rosters; `pages` puts them on it."""

from flask import Blueprint

bp = Blueprint("rosters", __name__)
