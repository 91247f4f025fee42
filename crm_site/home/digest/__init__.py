"""The daily digest and timed reminders, told to the team in its Matrix rooms; nothing ever goes to an investor."""
