"""Who may ask the local room, from where, and with what token."""
