"""What `make setup` and `make peers` do. Standard library only: it runs before anything is installed."""
