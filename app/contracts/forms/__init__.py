"""Forms of a contract: each reads its section of a terms document, and writes it back into one."""
