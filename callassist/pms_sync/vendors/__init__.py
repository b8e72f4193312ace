"""One file per property-management system; each knows only the ports and `reading`."""
