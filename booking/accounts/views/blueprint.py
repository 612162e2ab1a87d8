"""The one blueprint of all pages of accounts; `pages` puts them on it."""

from flask import Blueprint

bp = Blueprint("accounts", __name__)
