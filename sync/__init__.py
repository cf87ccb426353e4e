"""The device's side of the wire: work goes up once, state comes down in order."""
