"""Lists and pages of communications and reminders."""
