. ./greeting.sh

hello two
