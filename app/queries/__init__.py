"""What a screen shows: functions that read the device's database and return frozen views. Nothing here writes."""
