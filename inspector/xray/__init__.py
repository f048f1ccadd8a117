"""What a local room tells of the calls in it: the messages, and the client that follows them."""
