"""Calls and events in the forms other programs read, piece by piece: a log of any length passes through."""
