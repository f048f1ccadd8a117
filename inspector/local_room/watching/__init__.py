"""What watches the calls in a room, tells of them, and does faults to them."""
