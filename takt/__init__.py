"""Takt: an open, self-hosted business-messaging platform, wire-compatible with the WhatsApp Business Cloud API."""

__version__ = "0.1.0"
