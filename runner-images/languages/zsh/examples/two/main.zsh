. ./greeting.zsh

hello two
