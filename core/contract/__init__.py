"""What travels between device and core: commands, answers, changes. Versioned; imports core.domain only."""
