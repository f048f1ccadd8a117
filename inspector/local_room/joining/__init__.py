"""How clients get in, and what they ask for while they are there."""
