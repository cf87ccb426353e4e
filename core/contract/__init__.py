"""What travels between device and core: commands, answers, changes. Versioned; standard library and core.domain only."""
