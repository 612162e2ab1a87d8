"""The one blueprint of all pages of rounds; `pages` puts them on it."""

from flask import Blueprint

bp = Blueprint("allotment", __name__)
