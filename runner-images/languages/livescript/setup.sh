/opt/runonce/shared/node/install livescript prelude-ls optionator levn type-check deep-is fast-levenshtein word-wrap source-map \
  source-map-support buffer-from
ln -s ../lib/node_modules/livescript/bin/lsc /usr/local/bin/lsc
