/opt/runonce/shared/node/install @danielx/civet @cspotcode/source-map-support @jridgewell/trace-mapping @jridgewell/resolve-uri \
  @jridgewell/sourcemap-codec
ln -s ../lib/node_modules/@danielx/civet/dist/civet /usr/local/bin/civet
chmod +x /usr/local/bin/civet
