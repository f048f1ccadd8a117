"""The dialogs, one file each: opened, never executed, and as plain as the docks."""
