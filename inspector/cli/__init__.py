"""The command line: one file a command, each building a Session as the window does."""
