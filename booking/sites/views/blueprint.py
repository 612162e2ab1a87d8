"""The one blueprint of all pages of sites; `pages` puts them on it."""

from flask import Blueprint

bp = Blueprint("sites", __name__)
