"""The parts of a page, each a small function behind a tag of `templatetags/gongjiang.py`."""
