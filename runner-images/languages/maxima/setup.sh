# Creates the index of the manual, which is not installed. Without the index, Maxima prints an error at each start.
mkdir -p /usr/share/doc/maxima/info /usr/share/info
for index in /usr/share/doc/maxima/info/maxima-index.lisp /usr/share/doc/maxima/info/maxima-index-html.lisp /usr/share/info/maxima-index.lisp /usr/share/info/maxima-index-html.lisp; do
    [ -e "$index" ] || : > "$index"
done
