"""Damaged and hostile files beside good ones: no run may stop, no worker hang, and the good ones must be read right."""
