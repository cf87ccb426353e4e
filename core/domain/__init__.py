"""The pure rules of the trade, standard library only: the device runs them at the scan, the core at the command."""
