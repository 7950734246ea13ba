. ./greet.sh
hello two
