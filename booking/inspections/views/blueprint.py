"""The one blueprint of all pages of vehicle inspections; `pages` puts them on it."""

from flask import Blueprint

bp = Blueprint("inspections", __name__)
