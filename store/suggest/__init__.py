"""Suggestions to the city team, never decisions: category and department of a complaint, and its likely duplicates."""

from .duplicates import Likely, likely
from .model import Suggestion, Suggestions, run

__all__ = ["Likely", "Suggestion", "Suggestions", "likely", "run"]
