"""The outside world: files of others, maps. A Protocol where there are several, a module where there is one."""
