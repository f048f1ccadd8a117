"""Rooms: who is in them, what they are told, and how data passes between them."""
