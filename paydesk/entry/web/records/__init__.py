"""Pages: history, statements, exports."""
