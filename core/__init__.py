"""The headless orchestration core: one stock picture, one order book, one feed of changes for every device."""
