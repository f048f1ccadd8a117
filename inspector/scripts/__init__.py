"""Templates and scripts of mocks, run in worker processes of their own."""
