"""Incidents, maintenance and announcements."""
