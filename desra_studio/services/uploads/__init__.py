"""What comes from elsewhere: uploads of the browser, zips and manifests, staged for the import."""
