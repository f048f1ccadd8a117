"""All that is Qt: the event loop, models, docks, dialogs and the window."""
