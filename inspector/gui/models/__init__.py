"""Item models that mirror the log, the rooms and the mocks; they hold no truth of their own."""
