"""At which hours the intruder worked, and by which clocks and calendars that would be a working week."""
