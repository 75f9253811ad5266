"""A partner's own workbook: its table is found, its columns are mapped, and the mapping is remembered."""
