"""Asks a language model behind an OpenAI-compatible address; off unless somebody names one. What is sent is decided elsewhere."""

from lakmus.connectors.language_model.asking import Endpoint, ask_model, checked_endpoint

__all__ = ["Endpoint", "ask_model", "checked_endpoint"]
