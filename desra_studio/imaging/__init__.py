"""Images and masks as arrays, files and bytes."""
