"""Bringing files in: one call for each step, and its answer in the words of the templates."""

from __future__ import annotations
