"""Sends messages to another program: CloudEvents, signed as Standard Webhooks says, never into the inner network unasked."""

from lakmus.connectors.webhook.addresses import Address, checked_address
from lakmus.connectors.webhook.envelope import CONTENT_TYPE, cloud_event
from lakmus.connectors.webhook.sending import Answer, send
from lakmus.connectors.webhook.signing import secret_text, signed_headers, verified

__all__ = ["CONTENT_TYPE", "Address", "Answer", "checked_address", "cloud_event", "secret_text", "send", "signed_headers", "verified"]
