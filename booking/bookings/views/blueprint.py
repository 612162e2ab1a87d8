"""The one blueprint of all pages of bookings; `pages` puts them on it."""

from flask import Blueprint

bp = Blueprint("bookings", __name__)
