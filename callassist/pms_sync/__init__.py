"""Guests' stays from property-management systems; embedded: nothing imported, files by hand."""
