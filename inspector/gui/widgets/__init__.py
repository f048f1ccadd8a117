"""Widgets that several docks and dialogs share."""
