# All commands link programs with the shared libraries, because this is faster and the static libraries can be left
# out of the image.
printf '#!/bin/sh\nexec /usr/bin/ghc -dynamic "$@"\n' > /usr/local/bin/ghc
chmod 755 /usr/local/bin/ghc
