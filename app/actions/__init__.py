"""What an associate can do: a file per noun, a function per verb, one local transaction each, no network."""
