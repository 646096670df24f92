"""Import and export of spreadsheets: preview, errors by row, progress."""
