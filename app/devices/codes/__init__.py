"""The parts of the barcode reader; `app.devices.decoding` is what others call."""
