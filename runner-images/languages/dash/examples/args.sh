echo $# "$@"
