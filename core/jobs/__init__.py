"""What time does: timers and work for later, run once each by any number of workers, on time, also after a kill."""
