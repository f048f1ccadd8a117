"""The figures the program promises, each measured beside its baseline in the same run on the same machine."""
