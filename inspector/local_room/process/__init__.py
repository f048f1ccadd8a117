"""The local room's process, from the outside and from within."""
