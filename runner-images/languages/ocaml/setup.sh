ocamlopt -I +unix -c runonce_flush.ml
rm runonce_flush.ml
