"""The one blueprint of the pages of demand; `pages` puts them on it."""

from flask import Blueprint

bp = Blueprint("demand", __name__)
